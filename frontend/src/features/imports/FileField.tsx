import { Upload } from "antd";
import { formatNumber } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { FileTextOutlined } from "@/shared/ui/icons";
import styles from "./imports.module.css";
import { texts } from "./texts.ts";

const TAKEN = ".csv,.tsv,.txt,.xlsx,.xls,.xml";

interface Props {
  value?: File;
  onChange?: (file: File) => void;
  id?: string;
}

/** One file, dropped here or chosen; it is sent with the form. */
export function FileField({ value, onChange, id }: Props) {
  const t = useTexts(texts);
  const language = useLanguage();
  return (
    <Upload.Dragger
      {...(id === undefined ? {} : { id })}
      accept={TAKEN}
      maxCount={1}
      showUploadList={false}
      beforeUpload={(file) => {
        onChange?.(file);
        return false;
      }}
    >
      <p className={styles.drop}>
        <FileTextOutlined aria-hidden />
      </p>
      <p className={styles.dropText}>
        {value
          ? `${value.name} · ${formatNumber(Math.ceil(value.size / 1024), language)} KB`
          : t("file.drop")}
      </p>
    </Upload.Dragger>
  );
}
