import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Drawer, Form, Radio } from "antd";
import { useState } from "react";
import { keys, type Organisation, request } from "@/shared/api";
import { OrganisationSelect } from "@/shared/choosing";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { ActionForm, Failure, Notice, Skeleton } from "@/shared/ui";
import { MergerPreview } from "./MergerPreview.tsx";
import styles from "./organisations.module.css";
import { PATH } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  open: boolean;
  kept: Organisation;
  onClose: () => void;
}

const ANOTHER = "another";

/** Merges an organisation that was registered twice into the one that stays. */
export function MergeDrawer({ open, kept, onClose }: Props) {
  const t = useTexts(texts);
  return (
    <Drawer open={open} onClose={onClose} title={t("merge")} size={520} destroyOnHidden>
      <Merging kept={kept} onClose={onClose} />
    </Drawer>
  );
}

function Merging({ kept, onClose }: Omit<Props, "open">) {
  const t = useTexts(texts);
  const language = useLanguage();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [chosen, setChosen] = useState<string>();
  const [other, setOther] = useState<string>();
  const merged = chosen === ANOTHER ? other : chosen;
  const found = useQuery({
    queryKey: keys.part(PATH, kept.id, "duplicates"),
    queryFn: ({ signal }) => request<Organisation[]>("GET", `${PATH}/${kept.id}/duplicates`, { signal }),
    retry: false,
    staleTime: 0,
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  return (
    <>
      <Notice kind="attention">{t("merge.note", { name: nameIn(language, kept) })}</Notice>
      <ActionForm<{ which?: string; other?: string }>
        submit={t("merge.submit")}
        danger
        onCancel={onClose}
        onValuesChange={(_, values) => {
          setChosen(values.which);
          setOther(values.other);
        }}
        send={async ({ which, other }, key) => {
          const merged = which === ANOTHER ? other : which;
          await request("POST", `${PATH}/${kept.id}/merger`, { key, body: { merged } });
          await client.invalidateQueries({ queryKey: keys.everything() });
        }}
        onDone={() => {
          void message.success(t("merge.done"));
          onClose();
        }}
      >
        <Form.Item
          name="which"
          label={t("merge.which")}
          extra={found.data.length === 0 ? t("merge.none") : t("merge.found")}
          rules={[{ required: true, message: t("merge.needed") }]}
        >
          <Radio.Group className={styles.choices ?? ""}>
            {found.data.map((one) => (
              <Radio key={one.id} value={one.id}>
                {nameIn(language, one)} {one.uscc && <code>{one.uscc}</code>}
              </Radio>
            ))}
            <Radio value={ANOTHER}>{t("merge.another")}</Radio>
          </Radio.Group>
        </Form.Item>
        {chosen === ANOTHER && (
          <Form.Item
            name="other"
            label={t("merge.other")}
            rules={[{ required: true, message: t("merge.needed") }]}
          >
            <OrganisationSelect />
          </Form.Item>
        )}
        {merged && <MergerPreview kept={kept.id} merged={merged} />}
      </ActionForm>
    </>
  );
}
