import { Button, Form } from "antd";
import { useState } from "react";
import type { WholeImport } from "@/shared/api";
import { OrganisationSelect } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { Empty } from "@/shared/ui";
import styles from "./imports.module.css";
import { chosenIn, toldOf, type useSteps } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  found: WholeImport;
  steps: ReturnType<typeof useSteps>;
}

/** Whose the patents of a file are, where its names are of no organisation here. */
export function Owners({ found, steps }: Props) {
  const t = useTexts(texts);
  const chosen = chosenIn(found) as { owner_id?: string; owners?: Record<string, string> };
  const [all, setAll] = useState(chosen.owner_id);
  const [named, setNamed] = useState<Record<string, string>>(chosen.owners ?? {});
  const mayChange = found.allowed_steps.includes("check again");
  const told = toldOf(found);
  const unknown = told.owners_unknown ?? [];
  const rows = [
    ...Object.keys(chosen.owners ?? {}).map((name): [string, number | null] => [name, null]),
    ...unknown,
  ];
  const send = () => steps.step("choices", { choices: { owner_id: all ?? null, owners: named } });
  return (
    <>
      <Form layout="vertical" className={styles.reading ?? ""} disabled={!mayChange}>
        <Form.Item label={t("owner.all")} extra={t("owner.all.help")} htmlFor="owner-of-all">
          <OrganisationSelect
            id="owner-of-all"
            {...(all ? { value: all } : {})}
            onChange={setAll}
            allowClear
          />
        </Form.Item>
      </Form>
      {rows.length > 0 && !all && (
        <>
          <p className={styles.lead}>{t("owners.text")}</p>
          <ul className={styles.columns}>
            {rows.map(([name, count]) => (
              <li key={name}>
                <span className={styles.heading}>{name}</span>
                <span className={styles.samples}>{count !== null && t("owners.count", { count })}</span>
                <OrganisationSelect
                  label={name}
                  disabled={!mayChange}
                  {...(named[name] ? { value: named[name] } : {})}
                  onChange={(owner) => setNamed((before) => ({ ...before, [name]: owner }))}
                />
              </li>
            ))}
          </ul>
        </>
      )}
      {rows.length === 0 && !all && found.state !== "refused" && <Empty title={t("owners.known")} />}
      {mayChange && (
        <div className={styles.buttons}>
          <Button loading={steps.busy} onClick={() => void send()}>
            {t("read.again")}
          </Button>
        </div>
      )}
    </>
  );
}
