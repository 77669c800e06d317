import { Button, Drawer, Flex, Form, Input, InputNumber } from "antd";
import { useState } from "react";
import { request, type WithholdingRule } from "@/shared/api";
import { EntitySelect } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { PlusOutlined } from "@/shared/ui/icons";
import { Country, Percent, RuleMark, useStep } from "./parts.tsx";
import { RULE, RULES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./withholding.module.css";

/** The tax of each country, by law and by treaty, from a day on. */
export function Rules() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <div className={styles.tools}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
          {t("rule.set")}
        </Button>
      </div>
      <ListTable<WithholdingRule>
        inner
        path={RULES}
        caption={t("tab.rules")}
        defaultOrder="-from"
        subjectType={RULE}
        nameOf={(row) => `${row.country} ${row.from_on}`}
        empty={<Empty title={t("rules.none")}>{t("rules.none.text")}</Empty>}
        columns={[
          {
            key: "country",
            title: t("country"),
            main: true,
            render: (row) => <Country code={row.country} />,
          },
          {
            key: "from",
            title: t("from"),
            order: "from",
            render: (row) => <CalendarDay day={row.from_on} />,
          },
          {
            key: "until",
            title: t("until"),
            render: (row) => (row.until_on ? <CalendarDay day={row.until_on} /> : t("until.open")),
          },
          {
            key: "percent",
            title: t("percent"),
            numeric: true,
            render: (row) => <Percent value={row.percent} />,
          },
          {
            key: "treaty_percent",
            title: t("treaty_percent"),
            numeric: true,
            render: (row) => (row.treaty_percent === null ? "–" : <Percent value={row.treaty_percent} />),
          },
          { key: "basis", title: t("basis"), render: (row) => spoken(row.basis) },
          { key: "treaty", title: t("treaty"), render: (row) => spoken(row.treaty ?? "") || "–" },
          { key: "state", title: t("rule.state"), render: (row) => <RuleMark rule={row} /> },
          { key: "steps", title: t("steps"), render: (row) => <Steps rule={row} /> },
        ]}
      />
      <Drawer open={isOpen} onClose={() => setOpen(false)} title={t("rule.set")} size={520} destroyOnHidden>
        <SetRule onClose={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

/** What another person does with a rate that somebody recorded. */
function Steps({ rule }: { rule: WithholdingRule }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const step = useStep();
  const may = (name: string) => rule.allowed_steps.includes(name);
  if (rule.allowed_steps.length === 0) return "–";
  return (
    <Flex gap={8} wrap>
      {may("confirm") && (
        <Button
          size="small"
          type="primary"
          onClick={() =>
            void step(`${RULES}/${rule.id}/confirmation`, {
              title: t("rule.confirm.title"),
              content: t("rule.confirm.text"),
              okText: w("confirm"),
            })
          }
        >
          {w("confirm")}
        </Button>
      )}
      {may("withdraw") && (
        <Button
          size="small"
          onClick={() =>
            void step(`${RULES}/${rule.id}/withdrawal`, {
              title: t("rule.withdraw.title"),
              content: t("rule.withdraw.text"),
              okText: t("rule.withdraw"),
            })
          }
        >
          {t("rule.withdraw")}
        </Button>
      )}
    </Flex>
  );
}

interface Values {
  operating_entity_id: string;
  country: string;
  from_on: string;
  until_on?: string;
  percent: string;
  basis: string;
  treaty_percent?: string;
  treaty?: string;
}

function SetRule({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const refresh = useRefresh();
  const needed = (message: string) => [{ required: true, whitespace: true, message }];
  const percent = (name: "percent" | "treaty_percent", help: string | undefined, isNeeded: boolean) => (
    <Form.Item
      name={name}
      label={t(name)}
      extra={help}
      rules={isNeeded ? [{ required: true, message: t("percent.needed") }] : []}
    >
      <InputNumber stringMode min="0" max="99.999999" suffix="%" controls={false} style={{ width: 140 }} />
    </Form.Item>
  );
  return (
    <ActionForm<Values>
      submit={w("save")}
      onCancel={onClose}
      initialValues={{ from_on: todayHere(), percent: "10" } as Values}
      send={async ({ country, ...values }, key) => {
        await request("POST", RULES, {
          key,
          body: { ...values, country: country.trim().toUpperCase(), treaty: values.treaty ?? "" },
        });
        await refresh();
      }}
      onDone={onClose}
    >
      <Notice>{t("rule.text")}</Notice>
      <Form.Item
        name="operating_entity_id"
        label={t("entity")}
        rules={[{ required: true, message: t("entity.needed") }]}
      >
        <EntitySelect />
      </Form.Item>
      <Form.Item
        name="country"
        label={t("country")}
        extra={t("country.help")}
        rules={needed(t("country.needed"))}
      >
        <Input maxLength={2} style={{ width: 90 }} />
      </Form.Item>
      <Form.Item name="from_on" label={t("from")} rules={[{ required: true, message: t("day.needed") }]}>
        <DayInput />
      </Form.Item>
      <Form.Item name="until_on" label={t("until")} extra={t("until.help")}>
        <DayInput from={todayHere()} />
      </Form.Item>
      {percent("percent", undefined, true)}
      <Form.Item name="basis" label={t("basis")} rules={needed(t("basis.needed"))}>
        <Input maxLength={300} />
      </Form.Item>
      {percent("treaty_percent", t("treaty_percent.help"), false)}
      <Form.Item name="treaty" label={t("treaty")}>
        <Input maxLength={300} />
      </Form.Item>
    </ActionForm>
  );
}
