import { Modal } from "antd";
import { useTexts } from "@/shared/i18n";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

const KEYS = [
  { keys: ["/"], text: "keys.search" },
  { keys: ["j"], text: "keys.down" },
  { keys: ["k"], text: "keys.up" },
  { keys: ["Enter"], text: "keys.enter" },
  { keys: ["g", "h"], text: "keys.home" },
  { keys: ["Esc"], text: "keys.close" },
  { keys: ["?"], text: "keys.help" },
] as const;

/** Which keys work on every page. */
export function KeyboardHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("keys.title")} width={400} destroyOnHidden>
      <dl className={styles.keys}>
        {KEYS.map(({ keys, text }) => (
          <div key={text}>
            <dt>{t(text)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
