import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Drawer, Form, Grid, Input } from "antd";
import { useState } from "react";
import { type DeductionComparisonDetail, type DoubtfulDeduction, request } from "@/shared/api";
import { Figure, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { FigureTable } from "@/shared/royalties";
import { ActionForm, Facts, Notice, Page, PageTabs, Pairs, Panel, StateMark } from "@/shared/ui";
import { monthsOf } from "../queries.ts";
import styles from "../reports.module.css";
import { Making } from "./Making.tsx";
import { AgeMark, OutcomeMark } from "./marks.tsx";
import { COMPARISON, COMPARISONS, useComparison, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

type Row = DeductionComparisonDetail["deductions"][number];

/** One comparison: while it is made how far that is, and then what it says, at the same address. */
export function Comparison() {
  const { id } = useParams({ strict: false }) as { id: string };
  const found = useComparison(id);
  const look = () => found.refetch({ throwOnError: true });
  return found.data ? (
    <Made data={found.data} onRefresh={look} />
  ) : (
    <Making id={id} onLook={async () => Boolean((await look()).data)} />
  );
}

/** What a maker claims for each brand and product beside the brand's figure, for finance alone. */
function Made({ data, onRefresh }: { data: DeductionComparisonDetail; onRefresh: () => Promise<unknown> }) {
  const { id } = data;
  const t = useTexts(texts);
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const live = useLive(COMPARISON, id);
  const [asked, ask] = useState<Row | null>(null);
  return (
    <Page
      title={`${data.licence_code} · ${monthsOf(data)}`}
      subtitle={organisationName(null, data.licensee_name)}
      trail={[{ label: t("tab"), to: "/reports?tab=deductions" }]}
      id={data.id}
      state={<AgeMark outdated={data.is_outdated} />}
      live={live}
      onRefresh={onRefresh}
    >
      {data.is_outdated && <Notice kind="attention">{t("outdated.text")}</Notice>}
      <Facts
        facts={[
          {
            key: "licence",
            label: t("licence"),
            value: <Link to={`/licences/${data.licence_id}`}>{data.licence_code}</Link>,
          },
          { key: "codes", label: t("codes"), value: data.codes.join(", ") },
          {
            key: "made",
            label: t("made"),
            value: <Instant at={data.made_at} />,
            note: spoken(data.made_by_name),
          },
        ]}
      />
      <PageTabs
        tabs={[
          {
            key: "about",
            label: t("outcome"),
            children: (
              <>
                <p>
                  {t("reason")}: {data.reason}
                </p>
                <Rows rows={data.deductions} mayAsk={!data.is_outdated} ask={ask} />
              </>
            ),
          },
          { key: "hashes", label: t("hashes"), children: <Hashes comparison={data} /> },
          {
            key: "history",
            label: t("history"),
            children: <HistoryTab subjectType={COMPARISON} subjectId={id} />,
          },
        ]}
      />
      <Drawer open={asked !== null} onClose={() => ask(null)} title={t("ask")} size={520} destroyOnHidden>
        {asked && <AskForm comparison={id} row={asked} onClose={() => ask(null)} />}
      </Drawer>
    </Page>
  );
}

interface Asking {
  mayAsk: boolean;
  ask: (row: Row) => void;
}

function Rows({ rows, mayAsk, ask }: Asking & { rows: readonly Row[] }) {
  const t = useTexts(texts);
  const { md = true } = Grid.useBreakpoint();
  const namesMakers = rows.some((row) => row.reported_of_maker_units != null);
  const figure = (value: number | null | undefined) => (value == null ? "–" : <Figure value={value} />);
  return (
    <FigureTable label={t("outcome")}>
      <thead>
        <tr>
          <th scope="col">{t("brand")}</th>
          <th scope="col" data-numeric>
            {t("claimed")}
          </th>
          <th scope="col" data-numeric data-wide>
            {t("by_all")}
          </th>
          <th scope="col" data-numeric>
            {t("reported")}
          </th>
          {namesMakers && (
            <th scope="col" data-numeric data-wide>
              {t("of_maker")}
            </th>
          )}
          <th scope="col" data-numeric data-wide>
            {t("difference")}
          </th>
          {md && <th scope="col">{t("outcome")}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <Claimed row={row} />
              {!md && <Outcome row={row} mayAsk={mayAsk} ask={ask} />}
            </th>
            <td data-numeric>{figure(row.claimed_units)}</td>
            <td data-numeric data-wide>
              {figure(row.claimed_by_all_units)}
            </td>
            <td data-numeric>{figure(row.reported_units)}</td>
            {namesMakers && (
              <td data-numeric data-wide>
                {figure(row.reported_of_maker_units)}
              </td>
            )}
            <td data-numeric data-wide>
              {figure(differenceOf(row))}
            </td>
            {md && (
              <td>
                <Outcome row={row} mayAsk={mayAsk} ask={ask} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </FigureTable>
  );
}

/** What the comparison says of a row, and what came of it; beside the figures, or on phones below whose they are. */
function Outcome({ row, mayAsk, ask }: Asking & { row: Row }) {
  const t = useTexts(texts);
  return (
    <div className={styles.stacked}>
      <OutcomeMark outcome={row.outcome} />
      <small className={styles.soft}>{t.maybe(`basis.${row.basis}`)}</small>
      {row.doubt_id ? (
        <Link to={`/doubtful-deductions/${row.doubt_id}`}>{t.maybe(`asked.${row.doubt_state}`)}</Link>
      ) : (
        row.outcome !== "agrees" &&
        mayAsk && (
          <Button size="small" onClick={() => ask(row)}>
            {t("ask")}
          </Button>
        )
      )}
    </div>
  );
}

/** Whose goods are claimed: the brand as the lines write it and whom that is, the product, and the evidence named. */
function Claimed({ row }: { row: Row }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const known = row.brand_known_as ? organisationName(null, row.brand_known_as) : row.brand_name;
  return (
    <>
      {row.brand_name}
      {known !== row.brand_name && (
        <small className={styles.under}>{t("brand.known", { name: known })}</small>
      )}
      <small className={styles.under}>
        {t("product")}: {row.product}
      </small>
      {row.evidence.length > 0 && (
        <small className={styles.under}>
          {t("evidence")}: {row.evidence.join(", ")}
        </small>
      )}
    </>
  );
}

/** By how much is claimed more than the brand reported, by the figure that was judged by; null where it is not. */
function differenceOf(row: Row): number | null {
  const more =
    row.basis === "maker"
      ? row.claimed_units - (row.reported_of_maker_units ?? 0)
      : (row.claimed_by_all_units ?? 0) - (row.reported_units ?? 0);
  return row.basis !== "nothing" && more > 0 ? more : null;
}

function Hashes({ comparison }: { comparison: DeductionComparisonDetail }) {
  const t = useTexts(texts);
  return (
    <Panel title={t("hashes")} note={t("hashes.text")}>
      <Pairs
        pairs={[
          { label: t("whole"), value: <code className={styles.hash}>{comparison.sha256}</code> },
          ...comparison.reports.map((one) => ({
            label: one.licence_code,
            value: (
              <>
                <code className={styles.hash}>{one.lines_sha256}</code>{" "}
                {one.is_superseded && <StateMark standing="closed">{t("superseded")}</StateMark>}
              </>
            ),
          })),
        ]}
      />
    </Panel>
  );
}

function AskForm({ comparison, row, onClose }: { comparison: string; row: Row; onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  return (
    <ActionForm<{ request: string }>
      submit={t("ask")}
      onCancel={onClose}
      initialValues={{ request: t("request.default") }}
      send={async (values, key) => {
        await request<DoubtfulDeduction>("POST", `${COMPARISONS}/${comparison}/doubts`, {
          key,
          body: { ...values, deduction_id: row.id },
        });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("done"));
        onClose();
      }}
    >
      <Notice kind="attention">{t("ask.text")}</Notice>
      <Form.Item
        name="request"
        label={t("request")}
        rules={[{ required: true, whitespace: true, message: t("request.needed") }]}
      >
        <Input.TextArea rows={4} maxLength={1000} showCount />
      </Form.Item>
    </ActionForm>
  );
}
