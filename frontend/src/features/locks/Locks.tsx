import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer } from "antd";
import { useState } from "react";
import { keys, type Lock, request } from "@/shared/api";
import { Figure, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice, Page, ReasonField } from "@/shared/ui";
import { texts } from "./texts.ts";

const PATH = "/api/v1/sign-in-locks";

/** Who cannot sign in by password at the moment, and letting them try again. */
export function Locks() {
  const t = useTexts(texts);
  const nameOf = useNameOf();
  const [lifted, setLifted] = useState<Lock | null>(null);
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <ListTable<Lock>
        path={PATH}
        caption={t("title")}
        defaultOrder="-locked"
        nameOf={nameOf}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        columns={[
          { key: "what", title: t("what"), main: true, render: nameOf },
          { key: "kind", title: t("kind"), render: (row) => t(`kind.${row.kind}`) },
          {
            key: "failures",
            title: t("failures"),
            numeric: true,
            render: (row) => <Figure value={row.failures ?? 0} />,
          },
          { key: "at", title: t("at"), render: (row) => <Instant at={row.locked_at} relative /> },
          {
            key: "until",
            title: t("until"),
            order: "locked",
            render: (row) => <Instant at={row.locked_until} />,
          },
          {
            key: "lift",
            title: t("lift"),
            render: (row) => (
              <Button
                size="small"
                aria-label={t("lift.of", { name: nameOf(row) })}
                onClick={() => setLifted(row)}
              >
                {t("lift")}
              </Button>
            ),
          },
        ]}
      />
      <Drawer
        open={lifted !== null}
        onClose={() => setLifted(null)}
        title={t("lift.title")}
        size={520}
        destroyOnHidden
      >
        {lifted && <Lifting lock={lifted} name={nameOf(lifted)} onClose={() => setLifted(null)} />}
      </Drawer>
    </Page>
  );
}

/** What a lock is of: a person, an account that nobody has, or a network address. */
function useNameOf(): (row: Lock) => string {
  const t = useTexts(texts);
  const spoken = useSpoken();
  return (row) => row.address ?? (row.user_name ? spoken(row.user_name) : t("account.unknown"));
}

interface LiftingProps {
  lock: Lock;
  name: string;
  onClose: () => void;
}

function Lifting({ lock, name, onClose }: LiftingProps) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <>
      <Notice kind="attention">
        <strong>{name}</strong> {t("lift.note")}
      </Notice>
      <ActionForm<{ reason: string }>
        submit={t("lift.submit")}
        onCancel={onClose}
        send={async (values) => {
          await request("POST", `${PATH}/${lock.id}/lifting`, { body: values });
          await client.invalidateQueries({ queryKey: keys.lists(PATH) });
        }}
        onDone={() => {
          void message.success(t("lift.done"));
          onClose();
        }}
      >
        <ReasonField help={t("reason.help")} needed={t("reason.needed")} />
      </ActionForm>
    </>
  );
}
