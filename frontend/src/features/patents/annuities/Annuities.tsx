import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Form, InputNumber, Modal } from "antd";
import { useState } from "react";
import {
  api,
  keys,
  request,
  type PatentAnnuities as Schedule,
  type ScheduledAnnuity,
  takeVersion,
  useRoles,
} from "@/shared/api";
import { Amount, CalendarDay, Deadline, minorDigits } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { ActionForm, Empty, Facts, Failure, Notice, Skeleton, type Standing, StateMark } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { minorOf } from "./amounts.ts";
import styles from "./annuities.module.css";
import { texts } from "./texts.ts";

const STANDINGS: Record<string, Standing> = {
  paid: "fine",
  open: "attention",
  to_confirm: "attention",
  waived: "closed",
  missed: "overdue",
  before: "closed",
  later: "closed",
};

const PAYABLE: ReadonlySet<string> = new Set(["open", "to_confirm", "missed", "later"]);
const PATH = "/api/v1/patents";

/** The fees as somebody read them: what is edited starts from these. */
type Versioned = { data: Schedule; etag: string };

function useSchedule(id: string) {
  return useQuery({
    queryKey: keys.part(PATH, id, "annuities"),
    queryFn: () =>
      takeVersion(api.GET("/api/v1/patents/{patent_id}/annuities", { params: { path: { patent_id: id } } })),
    retry: false,
  });
}

/** What keeps a patent alive, year by year: until when, how much today, and what waiting costs. */
export function Annuities({ patent }: { patent: string }) {
  const t = useTexts(texts);
  const roles = useRoles();
  const [paid, setPaid] = useState<ScheduledAnnuity | null>(null);
  const [edited, setEdited] = useState<Versioned | null>(null);
  const found = useSchedule(patent);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={240} />;
  const { data } = found.data;
  const mayPay = ["member_admin", "member_staff", "member_finance"].some((role) => roles.has(role));
  const mayEdit = ["member_admin", "member_staff", "operator"].some((role) => roles.has(role));
  const next = data.annuities.find((row) => row.fee_standing === "open");
  return (
    <>
      {data.problem && <Notice kind="attention">{data.problem}</Notice>}
      {next && <Next annuity={next} currency={data.currency} />}
      {data.annuities.length === 0 && !data.problem && <Empty title={t("none")} />}
      {data.annuities.length > 0 && <Years schedule={data} {...(mayPay ? { onPay: setPaid } : {})} />}
      <Terms schedule={data} {...(mayEdit ? { onEdit: () => setEdited(found.data) } : {})} />
      {paid && (
        <Payment patent={patent} annuity={paid} currency={data.currency} onClose={() => setPaid(null)} />
      )}
      {edited && <TermsForm patent={patent} edited={edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function Next({ annuity, currency }: { annuity: ScheduledAnnuity; currency: string }) {
  const t = useTexts(texts);
  return (
    <Facts
      facts={[
        {
          key: "next",
          label: `${t("next")} · ${t("year")} ${annuity.year}`,
          value: annuity.last_day ? <Deadline day={annuity.last_day} /> : "–",
        },
        {
          key: "today",
          label: t("today"),
          value:
            annuity.total_minor === null ? (
              t("unknown")
            ) : (
              <Amount minor={annuity.total_minor} currency={currency} />
            ),
          note: annuity.is_verified ? undefined : t("unverified"),
        },
        {
          key: "waiting",
          label: t("waiting"),
          value:
            annuity.rises_on && annuity.rises_by_minor !== null ? (
              <Amount minor={annuity.rises_by_minor} currency={currency} signed />
            ) : (
              t("waiting.none")
            ),
          note: annuity.rises_on ? t("rises", { day: annuity.rises_on }) : undefined,
        },
        { key: "lost", label: t("lost"), value: <CalendarDay day={annuity.grace_until} /> },
      ]}
    />
  );
}

function Years({ schedule, onPay }: { schedule: Schedule; onPay?: (annuity: ScheduledAnnuity) => void }) {
  const t = useTexts(texts);
  const money = (minor: number | null) =>
    minor === null ? "–" : <Amount minor={minor} currency={schedule.currency} />;
  return (
    <div className={styles.scroll}>
      <table className={styles.years}>
        <caption>{t("on", { day: schedule.on })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("year")}</th>
            <th scope="col">{t("due")}</th>
            <th scope="col">{t("grace")}</th>
            <th scope="col" className={styles.numeric}>
              {t("payable")}
            </th>
            <th scope="col" className={styles.numeric}>
              {t("surcharge")}
            </th>
            <th scope="col" className={styles.numeric}>
              {t("total")}
            </th>
            <th scope="col">{t("status")}</th>
            <th scope="col">{t("paid_on")}</th>
            {onPay && <td aria-hidden />}
          </tr>
        </thead>
        <tbody>
          {schedule.annuities.map((row) => (
            <tr key={row.year} data-next={row.fee_standing === "open" || undefined}>
              <th scope="row">{row.year}</th>
              <td>
                <CalendarDay day={row.last_day} />
              </td>
              <td>
                <CalendarDay day={row.grace_until} />
              </td>
              <td className={styles.numeric}>{money(row.payable_minor)}</td>
              <td className={styles.numeric}>{row.surcharge_minor ? money(row.surcharge_minor) : "–"}</td>
              <td className={styles.numeric}>
                {row.total_minor === null && row.restoration_minor !== null ? (
                  <>
                    {t("restoration")} {money(row.restoration_minor)}
                  </>
                ) : (
                  money(row.total_minor)
                )}
              </td>
              <td>
                <StateMark standing={STANDINGS[row.fee_standing] ?? "closed"}>
                  {t.maybe(`standing.${row.fee_standing}`)}
                </StateMark>
              </td>
              <td>
                <CalendarDay day={row.paid_on} />
              </td>
              {onPay && (
                <td>
                  {PAYABLE.has(row.fee_standing) && (
                    <Button size="small" onClick={() => onPay(row)} aria-label={`${t("pay")} ${row.year}`}>
                      {t("pay")}
                    </Button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What the amounts are worked out from, and by which rules. */
function Terms({ schedule, onEdit }: { schedule: Schedule; onEdit?: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const { terms } = schedule;
  const sources = [...new Set(schedule.annuities.flatMap((row) => row.sources))];
  return (
    <section className={styles.terms} aria-label={t("terms")}>
      <dl>
        <dt>{t("terms.reduction")}</dt>
        <dd>{terms.reduction_percent ? `${terms.reduction_percent} %` : t("terms.reduction.none")}</dd>
        <dt>{t("terms.open")}</dt>
        <dd>
          {schedule.is_openly_licensed ? t("terms.open.counted") : terms.is_open_licence ? w("yes") : w("no")}
        </dd>
        <dt>{t("terms.grant_year")}</dt>
        <dd>{terms.grant_year ?? t("terms.auto")}</dd>
        <dt>{t("terms.claims")}</dt>
        <dd>{schedule.claims ?? "–"}</dd>
        <dt>{t("holidays")}</dt>
        <dd>
          {schedule.holidays_until
            ? t("holidays.until", { day: schedule.holidays_until })
            : t("holidays.none")}
        </dd>
        {sources.length > 0 && (
          <>
            <dt>{t("sources")}</dt>
            <dd>{sources.join("; ")}</dd>
          </>
        )}
      </dl>
      {onEdit && <Button onClick={onEdit}>{t("terms.edit")}</Button>}
    </section>
  );
}

interface PaymentValues {
  year: number;
  paid_on: string;
  fee: string;
  surcharge: string;
}

function Payment(props: {
  patent: string;
  annuity: ScheduledAnnuity;
  currency: string;
  onClose: () => void;
}) {
  const { patent, annuity, currency, onClose } = props;
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const digits = minorDigits(currency);
  const whole = (minor: number | null) => ((minor ?? 0) / 10 ** digits).toFixed(digits);
  const money = {
    stringMode: true,
    min: "0",
    precision: digits,
    style: { width: 200 },
    suffix: currency,
  } as const;
  return (
    <Modal
      open
      title={`${t("pay")} · ${t("year")} ${annuity.year}`}
      footer={null}
      width={480}
      onCancel={onClose}
    >
      <ActionForm<PaymentValues>
        submit={t("pay")}
        onCancel={onClose}
        initialValues={{
          paid_on: todayHere(),
          fee: whole(annuity.payable_minor),
          surcharge: whole(annuity.surcharge_minor),
        }}
        send={async ({ paid_on, fee, surcharge }, key) => {
          await request("POST", "/api/v1/annuity-payments", {
            key,
            body: {
              patent_id: patent,
              year: annuity.year,
              paid_on,
              fee_minor: minorOf(fee, digits),
              surcharge_minor: minorOf(surcharge, digits),
            },
          });
          await client.invalidateQueries({ queryKey: keys.everything() });
        }}
        onDone={() => {
          void message.success(t("pay.done"));
          onClose();
        }}
      >
        <Form.Item name="paid_on" label={t("pay.on")} rules={[{ required: true, message: t("pay.on") }]}>
          <DayInput to={todayHere()} />
        </Form.Item>
        <Form.Item name="fee" label={t("pay.fee")} rules={[{ required: true, message: t("pay.fee") }]}>
          <InputNumber {...money} />
        </Form.Item>
        <Form.Item name="surcharge" label={t("pay.surcharge")}>
          <InputNumber {...money} />
        </Form.Item>
      </ActionForm>
    </Modal>
  );
}

interface TermsValues {
  reduction_percent: number | null;
  is_open_licence: boolean;
  grant_year: number | null;
  claims: number | null;
}

function TermsForm({ patent, edited, onClose }: { patent: string; edited: Versioned; onClose: () => void }) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const { message } = App.useApp();
  const { terms } = edited.data;
  return (
    <Modal open title={t("terms.edit")} footer={null} width={480} onCancel={onClose}>
      <ActionForm<TermsValues>
        submit={w("save")}
        onCancel={onClose}
        initialValues={{
          reduction_percent: terms.reduction_percent ?? 0,
          is_open_licence: terms.is_open_licence ?? false,
          grant_year: terms.grant_year ?? null,
          claims: terms.claims ?? null,
        }}
        send={async (values) => {
          await request("PUT", `${PATH}/${patent}/annuity-terms`, {
            body: { ...values, reduction_percent: values.reduction_percent ?? 0 },
            etag: edited.etag,
          });
          await client.invalidateQueries({ queryKey: keys.everything() });
        }}
        onDone={() => {
          void message.success(t("terms.saved"));
          onClose();
        }}
      >
        <Form.Item name="reduction_percent" label={t("terms.reduction")} extra={t("terms.reduction.help")}>
          <InputNumber min={0} max={100} precision={0} suffix="%" style={{ width: 160 }} />
        </Form.Item>
        <Form.Item name="is_open_licence" valuePropName="checked">
          <Checkbox>{t("terms.open")}</Checkbox>
        </Form.Item>
        <Form.Item name="grant_year" label={t("terms.grant_year")} extra={t("terms.grant_year.help")}>
          <InputNumber min={1} max={30} precision={0} style={{ width: 160 }} />
        </Form.Item>
        <Form.Item name="claims" label={t("terms.claims")} extra={t("terms.claims.help")}>
          <InputNumber min={0} max={10000} precision={0} style={{ width: 160 }} />
        </Form.Item>
      </ActionForm>
    </Modal>
  );
}
