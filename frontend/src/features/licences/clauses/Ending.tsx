import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer } from "antd";
import { useState } from "react";
import { asProblem, type FavourEnding, keys, newKey, request, useRoles } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { ActionForm, Notice, Panel, ReasonField, type Standing, StateMark } from "@/shared/ui";
import { PATH } from "../state.ts";
import styles from "./clauses.module.css";
import { clauseTexts } from "./texts.ts";

const ENDINGS = "/api/v1/favour-endings";
const CLAUSES = "/api/v1/licence-clauses";

const STANDINGS: Record<string, Standing> = {
  proposed: "attention",
  approved: "closed",
  refused: "closed",
  withdrawn: "closed",
};

function useRefresh() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.lists(ENDINGS) });
    await client.invalidateQueries({ queryKey: keys.lists(CLAUSES) });
  };
}

/** Proposals to end a most-favoured clause: one person proposes it, another decides, and the licensee is told. */
export function Endings({ licence }: { licence: string }) {
  const t = useTexts(clauseTexts);
  const spoken = useSpoken();
  const found = useEvery<FavourEnding>(ENDINGS, { licence });
  if (found.data === undefined || found.data.length === 0) return null;
  return (
    <Panel title={t("endings")} note={t("endings.note")}>
      <ul className={styles.lines} aria-label={t("endings")}>
        {found.data.map((ending) => (
          <li key={ending.id}>
            <StateMark standing={STANDINGS[ending.state ?? ""] ?? "closed"}>
              {t.maybe(`ending.${ending.state}`)}
            </StateMark>
            <span className={styles.reason}>{ending.reason}</span>
            <span className={styles.soft}>
              {t("ending.by", { name: spoken(ending.proposed_by_name) })} <Instant at={ending.proposed_at} />
              {ending.decided_by_name && (
                <>
                  {" · "}
                  {t("ending.decided", { name: spoken(ending.decided_by_name) })}{" "}
                  <Instant at={ending.decided_at} />
                </>
              )}
            </span>
            <Steps ending={ending} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Steps({ ending }: { ending: FavourEnding }) {
  const t = useTexts(clauseTexts);
  const refresh = useRefresh();
  const { message, modal } = App.useApp();
  const take = async (step: "approve" | "refuse" | "withdraw") => {
    const agreed = await modal.confirm({
      title: t(`ending.${step}`),
      content: t(`ending.${step}.text`),
      okText: t(`ending.${step}`),
    });
    if (!agreed) return;
    try {
      await request("POST", `${ENDINGS}/${ending.id}/${step === "withdraw" ? "withdrawal" : "decision"}`, {
        key: newKey(),
        ...(step === "withdraw" ? {} : { body: { approve: step === "approve" } }),
      });
      await refresh();
      void message.success(t("ending.done"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  return (
    <span className={styles.steps}>
      {ending.allowed_steps.includes("decision") && (
        <>
          <Button size="small" type="primary" onClick={() => void take("approve")}>
            {t("ending.approve")}
          </Button>
          <Button size="small" onClick={() => void take("refuse")}>
            {t("ending.refuse")}
          </Button>
        </>
      )}
      {ending.allowed_steps.includes("withdrawal") && (
        <Button size="small" onClick={() => void take("withdraw")}>
          {t("ending.withdraw")}
        </Button>
      )}
    </span>
  );
}

/** Proposes the end of the clause; nothing where the reader is not of the office. */
export function ProposeEnding({ licence }: { licence: string }) {
  const t = useTexts(clauseTexts);
  const roles = useRoles();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [isOpen, setOpen] = useState(false);
  const found = useEvery<FavourEnding>(ENDINGS, { licence });
  const isWaiting = found.data?.some((one) => one.state === "proposed") ?? true;
  if (!roles.has("secretariat") || isWaiting) return null;
  const close = () => setOpen(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("ending.propose")}</Button>
      <Drawer open={isOpen} onClose={close} title={t("ending.propose")} size={520} destroyOnHidden>
        <Notice kind="attention">{t("ending.propose.text")}</Notice>
        <ActionForm<{ reason: string }>
          submit={t("ending.propose")}
          onCancel={close}
          send={async (values, key) => {
            await request("POST", `${PATH}/${licence}/favour-endings`, { key, body: values });
            await refresh();
          }}
          onDone={() => {
            void message.success(t("ending.done"));
            close();
          }}
        >
          <ReasonField help={t("ending.reason.help")} needed={t("needed")} />
        </ActionForm>
      </Drawer>
    </>
  );
}
