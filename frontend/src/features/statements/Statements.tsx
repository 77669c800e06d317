import { type Statement, useRoles } from "@/shared/api";
import { Amount, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { CloseStateMark } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { PATH, SUBJECT } from "./queries.ts";
import { texts } from "./texts.ts";

/** The statements the acting seat may see: finance all of them, a member its own. */
export function Statements() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const isFinance = useRoles().has("finance");
  const organisationName = useOrganisationName();
  return (
    <Page title={t("title")} subtitle={t("lead")}>
      <ListTable<Statement>
        path={PATH}
        caption={t("title")}
        defaultOrder="-made"
        subjectType={SUBJECT}
        nameOf={nameOf}
        addressOf={(row) => `/statements/${row.id}`}
        empty={<Empty title={t("empty")}>{t("empty.text")}</Empty>}
        filters={[{ name: "period", label: t("period") }]}
        columns={[
          { key: "statement", title: t("statement"), main: true, render: nameOf },
          {
            key: "member",
            title: t("member"),
            extra: !isFinance,
            render: (row) => organisationName(null, row.member),
          },
          {
            key: "amount",
            title: t("amount"),
            numeric: true,
            render: (row) => <Amount minor={row.amount_minor} currency={row.currency} />,
          },
          {
            key: "held",
            title: t("held"),
            numeric: true,
            render: (row) =>
              row.held_minor === 0 ? "–" : <Amount minor={row.held_minor} currency={row.currency} />,
          },
          { key: "state", title: w("state"), render: (row) => <CloseStateMark run={row} /> },
          {
            key: "posted",
            title: t("posted"),
            order: "made",
            render: (row) => <Instant at={row.posted_at} />,
          },
        ]}
      />
    </Page>
  );
}

export function nameOf(row: Pick<Statement, "programme_code" | "period">): string {
  return `${row.programme_code} ${row.period}`;
}
