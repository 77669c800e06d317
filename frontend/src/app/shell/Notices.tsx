import { BellOutlined } from "@ant-design/icons";
import { Badge, Button, Popover } from "antd";
import { useState } from "react";
import { useTexts } from "@/shared/i18n";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

/** What happened that concerns the acting seat. */
export function Notices() {
  const t = useTexts(texts);
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      open={isOpen}
      onOpenChange={setOpen}
      content={
        <div className={styles.notices}>
          <p className={styles.foundNone}>{t("notices.none")}</p>
        </div>
      }
    >
      <Badge count={0} size="small">
        <Button type="text" icon={<BellOutlined />} aria-label={t("notices.label")} />
      </Badge>
    </Popover>
  );
}
