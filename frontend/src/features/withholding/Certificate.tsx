import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, keys, type Problem, take } from "@/shared/api";
import { Amount, CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { DownloadMenu, Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { Facts, FormProblem, Page, Pairs, Panel } from "@/shared/ui";
import { Country, Percent } from "./parts.tsx";
import { useIsFinance, WITHHOLDING, WITHHOLDINGS } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./withholding.module.css";

const FORMS = [
  { key: "pdf.zh", as: "pdf", language: "zh" },
  { key: "pdf.en", as: "pdf", language: "en" },
  { key: "xlsx.zh", as: "xlsx", language: "zh" },
  { key: "xlsx.en", as: "xlsx", language: "en" },
] as const;

/** What was withheld of one share: how it is worked out, whether it was paid on, and the certificates of it. */
export function Certificate() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const isFinance = useIsFinance();
  const live = useLive(WITHHOLDING, id);
  const [problem, setProblem] = useState<Problem | null>(null);
  const found = useSuspenseQuery({
    queryKey: keys.object(WITHHOLDINGS, id),
    queryFn: () =>
      take(api.GET("/api/v1/withholdings/{withholding_id}", { params: { path: { withholding_id: id } } })),
  });
  const { data } = found;
  const money = (minor: number) => <Amount minor={minor} currency={data.currency} />;
  return (
    <Page
      title={data.number}
      subtitle={organisationName(null, data.member)}
      trail={[{ label: t("title"), to: "/withholdings" }]}
      id={data.id}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        <DownloadMenu
          path={`${WITHHOLDINGS}/${id}/certificate`}
          name={data.number}
          forms={FORMS.map((form) => ({ ...form, label: t(`download.${form.key}`) }))}
          onProblem={setProblem}
        />
      }
    >
      <FormProblem problem={problem} />
      <Facts
        facts={[
          { key: "gross", label: t("gross"), value: money(data.gross_minor) },
          {
            key: "tax",
            label: t("tax"),
            value: money(data.tax_minor),
            note: <Percent value={data.percent} />,
          },
          { key: "net", label: t("net"), value: money(data.gross_minor - data.tax_minor) },
          {
            key: "paid",
            label: t("paid_on"),
            value: data.paid_on ? <CalendarDay day={data.paid_on} /> : t("paid_on.not"),
          },
        ]}
      />
      <div className={styles.panels}>
        <Panel title={t("how")} note={t("how.note")}>
          <Pairs
            pairs={[
              { label: t("gross"), value: money(data.gross_minor) },
              ...(data.set_off_minor > 0 ? [{ label: t("set_off"), value: money(-data.set_off_minor) }] : []),
              { label: t("base"), value: money(data.base_minor) },
              { label: t("percent"), value: <Percent value={data.percent} /> },
              { label: t(data.is_by_treaty ? "treaty" : "basis"), value: spoken(data.basis) },
              { label: t("country"), value: <Country code={data.country} /> },
              { label: t("on"), value: <CalendarDay day={data.on} /> },
              ...(data.receipt ? [{ label: t("receipt"), value: data.receipt }] : []),
              {
                label: t("statement"),
                value: (
                  <Link to={`/distribution-statements/${data.statement_id}`}>
                    {`${data.programme_code} #${data.distribution_number}`}
                  </Link>
                ),
              },
            ]}
          />
        </Panel>
        <Panel title={t("official")} note={t(isFinance ? "official.note.finance" : "official.note")}>
          <Papers subjectType={WITHHOLDING} subjectId={id} mayAttach={isFinance} />
        </Panel>
      </div>
    </Page>
  );
}
