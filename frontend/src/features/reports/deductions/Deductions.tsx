import { Button, Drawer } from "antd";
import { useState } from "react";
import { type DeductionComparison, type DoubtfulDeduction, useRoles } from "@/shared/api";
import { Figure, Instant } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ListTable } from "@/shared/table";
import { Empty, Notice } from "@/shared/ui";
import { monthsOf } from "../queries.ts";
import styles from "../reports.module.css";
import { CompareForm } from "./Compare.tsx";
import { AgeMark, DoubtMark } from "./marks.tsx";
import { COMPARISON, COMPARISONS, DOUBT, DOUBTS, STATES } from "./queries.ts";
import { texts } from "./texts.ts";

/** Deductions for licensed brands: what finance compared, and what a licensee is asked about. */
export function Deductions() {
  const t = useTexts(texts);
  const isFinance = useRoles().has("finance");
  return (
    <>
      <Notice>{t(isFinance ? "lead" : "lead.own")}</Notice>
      {isFinance && <Comparisons />}
      <section aria-label={t("doubts")} className={styles.part}>
        {isFinance && <h2>{t("doubts")}</h2>}
        <Doubts />
      </section>
    </>
  );
}

function Comparisons() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const [isComparing, setComparing] = useState(false);
  return (
    <section aria-label={t("comparisons")} className={styles.part}>
      <div className={styles.head}>
        <h2>{t("comparisons")}</h2>
        <Button type="primary" onClick={() => setComparing(true)}>
          {t("compare")}
        </Button>
      </div>
      <ListTable<DeductionComparison>
        inner
        path={COMPARISONS}
        caption={t("comparisons")}
        defaultOrder="-made"
        subjectType={COMPARISON}
        nameOf={(row) => row.licence_code}
        addressOf={(row) => `/deduction-comparisons/${row.id}`}
        empty={<Empty title={t("comparisons.none")}>{t("comparisons.none.text")}</Empty>}
        columns={[
          { key: "licence", title: t("licence"), main: true, render: (row) => row.licence_code },
          {
            key: "licensee",
            title: t("licensee"),
            render: (row) => organisationName(null, row.licensee_name),
          },
          { key: "months", title: t("months"), render: (row) => monthsOf(row) },
          {
            key: "doubtful",
            title: t("doubtful"),
            numeric: true,
            render: (row) => <Figure value={row.doubtful_count} />,
          },
          { key: "age", title: t("state"), render: (row) => <AgeMark outdated={row.is_outdated} /> },
          { key: "by", title: t("made_by"), render: (row) => spoken(row.made_by_name) },
          { key: "made", title: t("made"), order: "made", render: (row) => <Instant at={row.made_at} /> },
        ]}
      />
      <Drawer
        open={isComparing}
        onClose={() => setComparing(false)}
        title={t("compare")}
        size={520}
        destroyOnHidden
      >
        <CompareForm onClose={() => setComparing(false)} />
      </Drawer>
    </section>
  );
}

function Doubts() {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  return (
    <ListTable<DoubtfulDeduction>
      inner
      path={DOUBTS}
      caption={t("doubts")}
      defaultOrder="-asked"
      subjectType={DOUBT}
      nameOf={(row) => `${row.licence_code} ${row.brand_name}`}
      addressOf={(row) => `/doubtful-deductions/${row.id}`}
      empty={<Empty title={t("doubts.none")}>{t("doubts.none.text")}</Empty>}
      filters={[
        {
          name: "state",
          label: t("state"),
          choices: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
        },
      ]}
      columns={[
        { key: "brand", title: t("brand"), main: true, render: (row) => row.brand_name },
        { key: "licence", title: t("licence"), render: (row) => row.licence_code },
        {
          key: "licensee",
          title: t("licensee"),
          extra: true,
          render: (row) => organisationName(null, row.licensee_name),
        },
        { key: "months", title: t("months"), render: (row) => monthsOf(row) },
        { key: "product", title: t("product"), render: (row) => row.product },
        {
          key: "claimed",
          title: t("claimed"),
          numeric: true,
          render: (row) => <Figure value={row.claimed_units} />,
        },
        { key: "state", title: t("state"), render: (row) => <DoubtMark state={row.state} /> },
        {
          key: "asked",
          title: t("asked_at"),
          order: "asked",
          render: (row) => <Instant at={row.asked_at} />,
        },
      ]}
    />
  );
}
