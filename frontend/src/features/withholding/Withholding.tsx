import { Link } from "@tanstack/react-router";
import type { Withholding as Row } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Page, PageTabs } from "@/shared/ui";
import { Percent } from "./parts.tsx";
import { useIsFinance, WITHHOLDING, WITHHOLDINGS } from "./queries.ts";
import { Reliefs } from "./Reliefs.tsx";
import { Remittances } from "./Remittances.tsx";
import { Rules } from "./Rules.tsx";
import { texts } from "./texts.ts";

/** Tax withheld from members abroad: finance settles all of it, a member reads its own. */
export function Withholding() {
  const t = useTexts(texts);
  const isFinance = useIsFinance();
  return (
    <Page title={t("title")} subtitle={t(isFinance ? "lead" : "lead.member")}>
      <PageTabs
        tabs={[
          { key: "withheld", label: t("tab.withheld"), children: <List isFinance={isFinance} /> },
          ...(isFinance
            ? [
                { key: "remittances", label: t("tab.remittances"), children: <Remittances /> },
                { key: "rules", label: t("tab.rules"), children: <Rules /> },
              ]
            : []),
          { key: "reliefs", label: t("tab.reliefs"), children: <Reliefs isFinance={isFinance} /> },
        ]}
      />
    </Page>
  );
}

function List({ isFinance }: { isFinance: boolean }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  return (
    <ListTable<Row>
      inner
      path={WITHHOLDINGS}
      caption={t("tab.withheld")}
      defaultOrder="-on"
      subjectType={WITHHOLDING}
      nameOf={(row) => row.number}
      addressOf={(row) => `/withholdings/${row.id}`}
      empty={<Empty title={t("withheld.none")}>{t("withheld.none.text")}</Empty>}
      columns={[
        {
          key: "run",
          title: t("distribution"),
          main: true,
          render: (row) => `${row.programme_code} #${row.distribution_number}`,
        },
        ...(isFinance
          ? [{ key: "member", title: t("member"), render: (row: Row) => organisationName(null, row.member) }]
          : []),
        {
          key: "gross",
          title: t("gross"),
          numeric: true,
          render: (row) => <Amount minor={row.gross_minor} currency={row.currency} />,
        },
        {
          key: "percent",
          title: t("percent"),
          numeric: true,
          render: (row) => <Percent value={row.percent} />,
        },
        {
          key: "tax",
          title: t("tax"),
          numeric: true,
          render: (row) => <Amount minor={row.tax_minor} currency={row.currency} />,
        },
        { key: "on", title: t("on"), order: "on", render: (row) => <CalendarDay day={row.on} /> },
        {
          key: "paid",
          title: t("paid_on"),
          render: (row) => (row.paid_on ? <CalendarDay day={row.paid_on} /> : t("paid_on.not")),
        },
        {
          key: "statement",
          title: t("statement"),
          extra: true,
          render: (row) => (
            <Link to={`/distribution-statements/${row.statement_id}`}>{t("statement.open")}</Link>
          ),
        },
      ]}
    />
  );
}
