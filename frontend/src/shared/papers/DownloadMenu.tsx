import { Button, Dropdown } from "antd";
import { useState } from "react";
import { asProblem, type Problem } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { downloadFile } from "@/shared/table";
import { DownloadOutlined } from "@/shared/ui/icons";

/** One form in which a paper is had. */
export interface PaperForm {
  key: string;
  label: string;
  as: string;
  language: string;
}

interface Props {
  /** Where the paper is had. */
  path: string;
  /** What the file is called, without its ending, where the server does not say. */
  name: string;
  forms: readonly PaperForm[];
  /** Stands in a panel, beside what is the page's main step. */
  quiet?: boolean;
  onProblem: (problem: Problem | null) => void;
}

/** Takes a paper away in one of its forms and languages. */
export function DownloadMenu({ path, name, forms, quiet = false, onProblem }: Props) {
  const w = useTexts(words);
  const [busy, setBusy] = useState(false);
  const keep = async (form: PaperForm) => {
    onProblem(null);
    setBusy(true);
    try {
      await downloadFile(path, { as: form.as, language: form.language }, `${name}.${form.as}`);
    } catch (error) {
      onProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dropdown
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: forms.map((form) => ({ key: form.key, label: form.label, onClick: () => void keep(form) })),
      }}
    >
      <Button
        type={quiet ? "default" : "primary"}
        size={quiet ? "small" : "middle"}
        icon={<DownloadOutlined />}
        loading={busy}
      >
        {w("download")}
      </Button>
    </Dropdown>
  );
}
