import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import {
  api,
  asProblem,
  type Favour,
  type FavourNotice,
  keys,
  type LicenceClauses,
  request,
  take,
  useIntention,
  useRoles,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { ActionForm, Empty, Failure, Notice, Panel, Skeleton, StateMark } from "@/shared/ui";
import { PATH } from "../state.ts";
import { AgreedFields, AgreedPairs, type AgreedValues, NOTHING_AGREED } from "./Agreed.tsx";
import styles from "./clauses.module.css";
import { Endings, ProposeEnding } from "./Ending.tsx";
import { clauseTexts } from "./texts.ts";

const CLAUSES = "/api/v1/licence-clauses";
const NOTICES = "/api/v1/favour-notices";

/** What a licence agrees besides its price, and for a most-favoured clause, what is better elsewhere since when. */
export function Clauses({ licence }: { licence: string }) {
  const t = useTexts(clauseTexts);
  const roles = useRoles();
  const records = roles.has("secretariat");
  const compares = records || roles.has("finance");
  const [isRecording, setRecording] = useState(false);
  const found = useEvery<LicenceClauses>(CLAUSES, { licence });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const clauses = found.data[0];
  const record = records && <Button onClick={() => setRecording(true)}>{t("record")}</Button>;
  return (
    <div className={styles.clauses}>
      {clauses === undefined ? (
        <Empty title={t("none")} action={record}>
          {t("none.text")}
        </Empty>
      ) : (
        <Panel
          title={t("clauses")}
          extra={
            record && (
              <span className={styles.steps}>
                {clauses.most_favoured && <ProposeEnding licence={licence} />}
                {record}
              </span>
            )
          }
        >
          <AgreedPairs agreed={clauses} more={[{ label: t("note"), value: clauses.note || "–" }]} />
        </Panel>
      )}
      {clauses && <Endings licence={licence} />}
      {clauses?.most_favoured && <Told licence={licence} />}
      {clauses?.most_favoured && compares && <Favours licence={licence} tells={records} />}
      <Drawer
        open={isRecording}
        onClose={() => setRecording(false)}
        title={t("record")}
        size={520}
        destroyOnHidden
      >
        <RecordForm licence={licence} present={clauses} onClose={() => setRecording(false)} />
      </Drawer>
    </div>
  );
}

function useRefresh() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: keys.lists(CLAUSES) });
    await client.invalidateQueries({ queryKey: keys.lists(NOTICES) });
    await client.invalidateQueries({ queryKey: [...keys.everything(), "object", PATH] });
  };
}

/** What the licensee was told: that a better rate exists from a day. */
function Told({ licence }: { licence: string }) {
  const t = useTexts(clauseTexts);
  const found = useEvery<FavourNotice>(NOTICES, { licence, order: "from" });
  if (found.data === undefined || found.data.length === 0) return null;
  return (
    <Panel title={t("told")} note={t("told.note")}>
      <ul className={styles.lines} aria-label={t("told")}>
        {found.data.map((notice) => (
          <li key={notice.id}>
            {t("told.from")} <CalendarDay day={notice.from_on} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Favours({ licence, tells }: { licence: string; tells: boolean }) {
  const t = useTexts(clauseTexts);
  const organisationName = useOrganisationName();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const intention = useIntention();
  const found = useQuery({
    queryKey: keys.part(PATH, licence, "favours"),
    queryFn: () =>
      take(api.GET("/api/v1/licences/{licence_id}/favours", { params: { path: { licence_id: licence } } })),
  });
  const told = useEvery<FavourNotice>(NOTICES, { licence, order: "from" });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={80} />;
  const known = new Set((told.data ?? []).map((notice) => notice.from_on));
  const tell = async (from_on: string) => {
    try {
      await request("POST", `${PATH}/${licence}/favour-notices`, {
        key: intention.keyFor({ from_on }),
        body: { from_on },
      });
      intention.done();
      await refresh();
      void message.success(t("tell.done"));
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  return (
    <Panel title={t("favours")} note={found.data.length === 0 ? t("favours.none") : t("favours.note")}>
      {found.data.length > 0 && (
        <ul className={styles.lines} aria-label={t("favours")}>
          {found.data.map((favour: Favour) => (
            <li key={`${favour.licence_id} ${favour.rate} ${favour.better}`}>
              <StateMark standing="attention">
                {t(favour.comparable ? "favour.better" : "favour.look")}
              </StateMark>
              <Link to={`/licences/${favour.licence_id}`}>
                {favour.licence_code} · {organisationName(favour.licensee_id, favour.licensee_name)}
              </Link>
              <span>
                <code>{favour.better || "–"}</code> {t("favour.instead")} <code>{favour.rate || "–"}</code>
              </span>
              <CalendarDay day={favour.from_on} />
              {tells &&
                (known.has(favour.from_on) ? (
                  <span className={styles.soft}>{t("tell.known")}</span>
                ) : (
                  <Button size="small" onClick={() => void tell(favour.from_on)}>
                    {t("tell")}
                  </Button>
                ))}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

type Values = AgreedValues & { note?: string };

function RecordForm({
  licence,
  present,
  onClose,
}: {
  licence: string;
  present: LicenceClauses | undefined;
  onClose: () => void;
}) {
  const t = useTexts(clauseTexts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <>
      <Notice>{t("record.note")}</Notice>
      <ActionForm<Values>
        submit={t("record")}
        onCancel={onClose}
        initialValues={{
          ...NOTHING_AGREED,
          grant_back: present?.grant_back ?? "none",
          most_favoured: present?.most_favoured ?? false,
          note: present?.note ?? "",
        }}
        send={async (values, key) => {
          await request("POST", `${PATH}/${licence}/clauses`, { key, body: values });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("recorded"));
          onClose();
        }}
      >
        <AgreedFields favourNote={present?.most_favoured ? t("most_favoured.by_two") : undefined} />
        <Form.Item name="note" label={t("note")}>
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
      </ActionForm>
    </>
  );
}
