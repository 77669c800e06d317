import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input } from "antd";
import { useState } from "react";
import { newKey, request } from "@/shared/api";
import { formatInstant } from "@/shared/format";
import { listed, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ActionForm, Empty, Failure, Skeleton } from "@/shared/ui";
import { GrantForm } from "./GrantForm.tsx";
import { type Reader, sharingKey, useSharing, type Why } from "./queries.ts";
import styles from "./sharing.module.css";
import { texts } from "./texts.ts";

interface Props {
  subjectType: string;
  subjectId: string;
}

const SHOWN = 50;
const MANY = 8;

/** Who sees a thing, each with why; granting to more, and taking back. */
export default function Dialogue({ subjectType, subjectId }: Props) {
  const t = useTexts(texts);
  const found = useSharing(subjectType, subjectId, true);
  const client = useQueryClient();
  const [wanted, setWanted] = useState("");
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) {
    return (
      <div aria-busy="true" className={styles.waiting}>
        {[0, 1, 2, 3].map((place) => (
          <Skeleton key={place} height={40} />
        ))}
      </div>
    );
  }
  const { readers, may_grant, may_assign, left_out } = found.data;
  const again = () => client.invalidateQueries({ queryKey: sharingKey(subjectType, subjectId) });
  const fitting = readers.filter((reader) => fits(reader, wanted));
  return (
    <div className={styles.dialogue}>
      <p className={styles.lead}>{t("lead")}</p>
      {may_grant.length > 0 || may_assign.length > 0 ? (
        <GrantForm
          subjectType={subjectType}
          subjectId={subjectId}
          actions={may_grant}
          roles={may_assign}
          onDone={again}
        />
      ) : (
        <p className={styles.not}>{t("grant.not")}</p>
      )}
      <section aria-label={t("readers", { count: readers.length })}>
        <div className={styles.readersHead}>
          <h2>{t("readers", { count: readers.length + left_out })}</h2>
          {readers.length > MANY && (
            <Input
              size="small"
              allowClear
              className={styles.find ?? ""}
              placeholder={t("readers.find")}
              aria-label={t("readers.find")}
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
          )}
        </div>
        {fitting.length === 0 ? (
          <Empty title={t("readers.none")} />
        ) : (
          <ul className={styles.readers}>
            {fitting.slice(0, SHOWN).map((reader) => (
              <ReaderRow
                key={`${reader.seat} ${reader.organisation} ${reader.name}`}
                reader={reader}
                onDone={again}
              />
            ))}
          </ul>
        )}
        {fitting.length + left_out > SHOWN && (
          <p className={styles.rest}>
            {t("readers.rest", { count: Math.max(0, fitting.length - SHOWN) + left_out })}
          </p>
        )}
      </section>
    </div>
  );
}

function fits(reader: Reader, wanted: string): boolean {
  const text = `${reader.name} ${reader.organisation_name}`.toLocaleLowerCase();
  return text.includes(wanted.trim().toLocaleLowerCase());
}

function ReaderRow({ reader, onDone }: { reader: Reader; onDone: () => Promise<unknown> }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const verbs = useVerbs();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const more = reader.actions.filter((action) => !action.endsWith(".read"));
  const organisation = reader.organisation
    ? organisationName(reader.organisation, reader.organisation_name ?? "")
    : "";
  const name = spoken(reader.name) || organisation || t("everybody");
  return (
    <li>
      <div className={styles.reader}>
        <strong>{name}</strong>
        {organisation && organisation !== name && <span>{organisation}</span>}
        {reader.roles.length > 0 && (
          <span className={styles.roles}>
            {reader.roles.map((role) => w.maybe(`role.${role}`)).join(" · ")}
          </span>
        )}
      </div>
      <ul className={styles.whys}>
        {reader.why.map((why) => (
          <WhyRow key={`${why.kind} ${why.grant} ${why.text}`} why={why} name={name} onDone={onDone} />
        ))}
      </ul>
      {more.length > 0 && (
        <p className={styles.more}>{t("actions.more", { list: listed(more.map(verbs)) })}</p>
      )}
    </li>
  );
}

/** Says an action as people do: close_run.download_bundle becomes “Download the bundle”. */
export function useVerbs(): (action: string) => string {
  const t = useTexts(texts);
  return (action) => {
    const verb = action.split(".")[1] ?? action;
    return t.maybe(`verb.${verb}`, {}, verb.replaceAll("_", " "));
  };
}

/** Says a reason in the reader's words: a role with what ties it to the thing, or what was granted. */
function useWhyText(): (why: Why) => string {
  const t = useTexts(texts);
  const w = useTexts(words);
  const verbs = useVerbs();
  return (why) => {
    if (why.kind === "grant") return listed(why.text.split(/,\s*/).map(verbs));
    const relation = t.maybe(`relation.${why.text}`, {}, t("relation.rule"));
    const role = why.role ? w.maybe(`role.${why.role}`) : "";
    return role ? t("why.as", { role, relation }) : relation;
  };
}

function WhyRow({ why, name, onDone }: { why: Why; name: string; onDone: () => Promise<unknown> }) {
  const t = useTexts(texts);
  const says = useWhyText();
  const { message } = App.useApp();
  const [isAsked, setAsked] = useState(false);
  const revoke = async ({ reason }: { reason: string }) => {
    await request("POST", `/api/v1/grants/${why.grant}/revocation`, { body: { reason }, key: newKey() });
    await onDone();
    void message.success(t("revoke.done"));
  };
  return (
    <li>
      <span className={styles.kind} data-kind={why.kind}>
        {t.maybe(`why.${why.kind}`)}
      </span>
      <span className={styles.whyText}>
        {says(why)}
        {why.ends_at && (
          <span className={styles.until}> {t("until", { at: formatInstant(why.ends_at) })}</span>
        )}
      </span>
      {why.grant && !isAsked && (
        <Button size="small" danger aria-label={t("revoke.of", { name })} onClick={() => setAsked(true)}>
          {t("revoke")}
        </Button>
      )}
      {isAsked && (
        <div className={styles.revoke}>
          <ActionForm<{ reason: string }>
            send={revoke}
            submit={t("revoke.now")}
            danger
            onCancel={() => setAsked(false)}
            onDone={() => setAsked(false)}
          >
            <Form.Item
              name="reason"
              label={t("revoke.reason")}
              extra={t("revoke.note")}
              rules={[{ required: true, whitespace: true, message: t("grant.reason.needed") }]}
            >
              <Input maxLength={500} autoFocus />
            </Form.Item>
          </ActionForm>
        </div>
      )}
    </li>
  );
}
