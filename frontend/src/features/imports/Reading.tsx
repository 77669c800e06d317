import { Button, Form, Select } from "antd";
import type { WholeImport } from "@/shared/api";
import { useLanguage, useTexts } from "@/shared/i18n";
import { Notice } from "@/shared/ui";
import styles from "./imports.module.css";
import { chosenIn, toldOf, type useSteps } from "./queries.ts";
import { texts } from "./texts.ts";

const ENCODINGS = ["utf-8", "utf-16", "gb18030", "big5", "shift_jis", "euc_kr", "mac_roman", "cp1252"];
const DELIMITERS = [",", ";", "\t", "|"] as const;

interface Props {
  found: WholeImport;
  steps: ReturnType<typeof useSteps>;
}

interface Values {
  source_kind?: string;
  profile?: string;
  encoding?: string;
  delimiter?: string;
  sheet?: string;
  day_order?: string;
}

/** How a file was read, each of which people may set otherwise. */
export function Reading({ found, steps }: Props) {
  const t = useTexts(texts);
  const language = useLanguage();
  const told = toldOf(found);
  const chosen = chosenIn(found) as Values;
  const mayChange = found.allowed_steps.includes("check again");
  const undecided = told.day_order === "undecided" || told.day_order === "contradictory";
  const send = (values: Values) => {
    const choices = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null]));
    void steps.step("choices", { choices });
  };
  const isText = told.kind === undefined || told.kind === "csv";
  return (
    <>
      {undecided && mayChange && (
        <Notice kind="attention">
          {t("days.undecided", { samples: (told.day_samples ?? []).join(" · ") })}
        </Notice>
      )}
      {(told.preamble ?? []).length > 0 && (
        <Notice>
          {t("preamble", {
            line: told.header_line ?? 1,
            text: (told.preamble ?? []).join(" / ").slice(0, 200),
          })}
        </Notice>
      )}
      <LegalEvents events={told.legal_events ?? 0} leftOut={told.legal_events_left_out ?? 0} />
      <Form<Values>
        layout="vertical"
        className={styles.reading ?? ""}
        key={JSON.stringify([found.choices, found.state])}
        initialValues={chosen}
        disabled={!mayChange}
        onFinish={send}
      >
        <Form.Item name="source_kind" label={t("word")} extra={t("word.help")}>
          <Select
            allowClear
            placeholder={t("word.own")}
            options={(["own", "office", "docket"] as const).map((value) => ({
              value,
              label: t(`word.${value}`),
            }))}
          />
        </Form.Item>
        {told.kind !== "xml" && (
          <>
            <Form.Item name="profile" label={t("profile")}>
              <Select
                allowClear
                placeholder={t("by.itself")}
                options={found.profiles.map((one) => ({
                  value: one.code,
                  label: `${language === "en" ? one.name_en : one.name_zh}${one.verified ? "" : ` (${t("unverified")})`}`,
                }))}
              />
            </Form.Item>
            <Form.Item
              name="day_order"
              label={t("days")}
              extra={told.day_order && t.maybe(`days.${told.day_order}`)}
            >
              <Select
                allowClear
                placeholder={t("by.itself")}
                options={(["day_first", "month_first"] as const).map((value) => ({
                  value,
                  label: t(`days.${value}`),
                }))}
              />
            </Form.Item>
            {isText && (
              <>
                <Form.Item
                  name="encoding"
                  label={t("encoding")}
                  extra={
                    told.encoding &&
                    t(told.is_sure_of_encoding === false ? "encoding.likely" : "encoding.is", {
                      name: told.encoding,
                    })
                  }
                >
                  <Select
                    allowClear
                    placeholder={t("by.itself")}
                    options={ENCODINGS.map((value) => ({ value, label: value }))}
                  />
                </Form.Item>
                <Form.Item
                  name="delimiter"
                  label={t("delimiter")}
                  extra={told.delimiter && t("delimiter.is", { sign: named(told.delimiter, t("tab")) })}
                >
                  <Select
                    allowClear
                    placeholder={t("by.itself")}
                    options={DELIMITERS.map((value) => ({ value, label: named(value, t("tab")) }))}
                  />
                </Form.Item>
              </>
            )}
            {(told.sheets ?? []).length > 1 && (
              <Form.Item
                name="sheet"
                label={t("sheet")}
                extra={told.sheet && t("sheet.is", { name: told.sheet })}
              >
                <Select
                  allowClear
                  placeholder={t("by.itself")}
                  options={(told.sheets ?? []).map((value) => ({ value, label: value }))}
                />
              </Form.Item>
            )}
          </>
        )}
        {mayChange && (
          <Button htmlType="submit" loading={steps.busy}>
            {t("read.again")}
          </Button>
        )}
      </Form>
    </>
  );
}

function named(delimiter: string, tab: string): string {
  return delimiter === "\t" ? tab : delimiter;
}

/** What offices announced of the patents of a file, and how much of it names nothing that could be kept. */
function LegalEvents({ events, leftOut }: { events: number; leftOut: number }) {
  const t = useTexts(texts);
  return (
    <>
      {events > 0 && <Notice>{t("legal.events", { count: events })}</Notice>}
      {leftOut > 0 && <Notice kind="attention">{t("legal.left_out", { count: leftOut })}</Notice>}
    </>
  );
}
