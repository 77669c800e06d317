import { Button } from "antd";
import { useRef } from "react";
import { useTexts } from "@/shared/i18n";
import { PaperClipOutlined } from "@/shared/ui/icons";
import { texts } from "./texts.ts";

const TAKEN = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.ofd,.p7s,.p7m,.txt";

interface Props {
  onPick: (file: File) => void;
  label?: string;
  busy?: boolean;
}

/** A button that asks for one file. */
export function FilePicker({ onPick, label, busy = false }: Props) {
  const t = useTexts(texts);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button icon={<PaperClipOutlined aria-hidden />} loading={busy} onClick={() => input.current?.click()}>
        {label ?? t("file.choose")}
      </Button>
      <input
        ref={input}
        type="file"
        accept={TAKEN}
        style={{ display: "none" }}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) onPick(file);
        }}
      />
    </>
  );
}
