import { Button, Modal } from "antd";
import { Notice } from "@/shared/ui";
import { useCopy } from "@/shared/ui/copying";
import styles from "./secrets.module.css";

interface Props {
  /** Null: there is none to show. */
  secret: string | null;
  title: string;
  warning: string;
  copy: string;
  onClose: () => void;
}

/** A secret that nobody can look up again, to be copied now. */
export function ShownOnce({ secret, title, warning, copy, onClose }: Props) {
  const copyText = useCopy();
  return (
    <Modal open={secret !== null} title={title} footer={null} width={520} onCancel={onClose}>
      <Notice kind="attention">{warning}</Notice>
      <code className={styles.secret}>{secret}</code>
      <Button onClick={() => void copyText(secret ?? "")}>{copy}</Button>
    </Modal>
  );
}
