import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Button, Drawer, Flex, Form, Input } from "antd";
import { useState } from "react";
import { api, keys, request, type TaxRemittanceDetail, take, type Withholding } from "@/shared/api";
import { Amount, CalendarDay, Instant } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Facts, Notice, Page, Panel } from "@/shared/ui";
import { Mark, Percent, ReasonDrawer, useStep } from "./parts.tsx";
import { REMITTANCE, REMITTANCES, useRefresh, WITHHOLDING, WITHHOLDINGS } from "./queries.ts";
import { texts } from "./texts.ts";
import styles from "./withholding.module.css";

/** One remittance: of whose tax it is, who confirms it, and the tax office's certificate. */
export function Remittance() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const spoken = useSpoken();
  const live = useLive(REMITTANCE, id);
  const refresh = useRefresh();
  const step = useStep();
  const [open, setOpen] = useState<"cancellation" | "undoing" | "receipt" | null>(null);
  const { data } = useSuspenseQuery({
    queryKey: keys.object(REMITTANCES, id),
    queryFn: () =>
      take(api.GET("/api/v1/tax-remittances/{remittance_id}", { params: { path: { remittance_id: id } } })),
  });
  const may = (name: string) => data.allowed_steps.includes(name);
  const undo = t(data.state === "paid" ? "undo.paid" : "undo.confirmed");
  return (
    <Page
      title={data.reference}
      subtitle={t("remittance")}
      trail={[{ label: t("title"), to: "/withholdings?tab=remittances" }]}
      id={data.id}
      live={live}
      onRefresh={refresh}
      state={<Mark of="remittance" state={data.state} />}
      primary={
        may("confirm") ? (
          <Button
            type="primary"
            onClick={() =>
              void step(`${REMITTANCES}/${id}/confirmation`, {
                title: t("remittance.confirm.title"),
                content: t("remittance.confirm.text"),
                okText: w("confirm"),
              })
            }
          >
            {w("confirm")}
          </Button>
        ) : (
          may("note receipt") && (
            <Button type="primary" onClick={() => setOpen("receipt")}>
              {t("receipt.note")}
            </Button>
          )
        )
      }
      menu={[
        ...(may("cancel")
          ? [{ key: "cancel", label: t("remittance.cancel"), onClick: () => setOpen("cancellation") }]
          : []),
        ...(may("ask to undo") ? [{ key: "undo", label: undo, onClick: () => setOpen("undoing") }] : []),
      ].map((action) => ({ ...action, danger: true }))}
    >
      {data.reason && <Notice>{data.reason}</Notice>}
      <Undoing remittance={data} />
      {data.state === "confirmed" && !data.undoing && (
        <Notice kind="attention">{t("remittance.waits")}</Notice>
      )}
      <Facts
        facts={[
          {
            key: "amount",
            label: t("tax"),
            value: <Amount minor={data.amount_minor} currency={data.currency} />,
            note: (
              <>
                {t("through")} <CalendarDay day={data.through_on} />
              </>
            ),
          },
          {
            key: "prepared",
            label: t("prepared"),
            value: <Instant at={data.prepared_at} />,
            note: spoken(data.prepared_by),
          },
          {
            key: "confirmed",
            label: t("confirmed"),
            value: data.confirmed_at ? <Instant at={data.confirmed_at} /> : "–",
            note: data.confirmed_by ? spoken(data.confirmed_by) : undefined,
          },
          {
            key: "paid",
            label: t("paid_on"),
            value: data.paid_on ? <CalendarDay day={data.paid_on} /> : "–",
            note: data.entry_id ? (
              <Link to={`/ledger-entries/${data.entry_id}`}>{t("entry")}</Link>
            ) : undefined,
          },
          { key: "receipt", label: t("receipt"), value: data.receipt || "–" },
        ]}
      />
      <div className={styles.panels}>
        {data.state !== "cancelled" && (
          <Panel title={t("remittance.of")}>
            <OfIt id={id} />
          </Panel>
        )}
        <Panel title={t("papers")} note={t("papers.note")}>
          <Papers subjectType={REMITTANCE} subjectId={id} mayAttach={data.state !== "cancelled"} />
        </Panel>
        <Panel title={t("history")}>
          <HistoryTab subjectType={REMITTANCE} subjectId={id} />
        </Panel>
      </div>
      <ReasonDrawer
        open={open === "cancellation"}
        title={t("remittance.cancel")}
        path={`${REMITTANCES}/${id}/cancellation`}
        onClose={() => setOpen(null)}
      />
      <ReasonDrawer
        open={open === "undoing"}
        title={undo}
        path={`${REMITTANCES}/${id}/undoing`}
        onClose={() => setOpen(null)}
      />
      <Drawer
        open={open === "receipt"}
        onClose={() => setOpen(null)}
        title={t("receipt.note")}
        size={520}
        destroyOnHidden
      >
        <ActionForm<{ receipt: string }>
          submit={w("save")}
          onCancel={() => setOpen(null)}
          send={async (body, key) => {
            await request("POST", `${REMITTANCES}/${id}/receipt`, { body, key });
            await refresh();
          }}
          onDone={() => setOpen(null)}
        >
          <Form.Item
            name="receipt"
            label={t("receipt")}
            extra={t("receipt.help")}
            rules={[{ required: true, whitespace: true, message: t("receipt.needed") }]}
          >
            <Input maxLength={100} />
          </Form.Item>
        </ActionForm>
      </Drawer>
    </Page>
  );
}

/** That a colleague asked to undo what two decided, and what another person says to it. */
function Undoing({ remittance }: { remittance: TaxRemittanceDetail }) {
  const t = useTexts(texts);
  const step = useStep();
  const { undoing, allowed_steps: steps } = remittance;
  if (!undoing) return null;
  const decides = steps.includes("agree to undo");
  const { reason, undoes } = undoing;
  const path = `${REMITTANCES}/${remittance.id}/undoing`;
  const agree = { title: t("undo.agree"), content: t(`undo.sure.${undoes}`), okText: t("undo.agree") };
  const refuse = { title: t("undo.refuse"), content: reason, okText: t("undo.refuse") };
  return (
    <Notice kind="attention">
      <p>{t(decides ? `undo.asked.${undoes}` : "undo.asked.another", { reason })}</p>
      <Flex gap={8} wrap>
        {steps.includes("refuse to undo") && (
          <Button onClick={() => void step(`${path}/refusal`, refuse)}>{t("undo.refuse")}</Button>
        )}
        {decides && (
          <Button danger onClick={() => void step(`${path}/approval`, agree)}>
            {t("undo.agree")}
          </Button>
        )}
      </Flex>
    </Notice>
  );
}

function OfIt({ id }: { id: string }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  return (
    <ListTable<Withholding>
      inner
      path={WITHHOLDINGS}
      fixed={{ remittance: id }}
      caption={t("remittance.of")}
      defaultOrder="-on"
      subjectType={WITHHOLDING}
      nameOf={(row) => row.number}
      addressOf={(row) => `/withholdings/${row.id}`}
      empty={<Empty title={t("withheld.none")}>{t("withheld.none.text")}</Empty>}
      columns={[
        { key: "number", title: t("number"), main: true, render: (row) => row.number },
        { key: "member", title: t("member"), render: (row) => organisationName(null, row.member) },
        {
          key: "base",
          title: t("base"),
          numeric: true,
          render: (row) => <Amount minor={row.base_minor} currency={row.currency} />,
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
      ]}
    />
  );
}
