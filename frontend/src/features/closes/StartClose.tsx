import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Drawer, Form, Input, Select } from "antd";
import { useEffect, useState } from "react";
import {
  api,
  type CloseRun,
  type ExchangeRate,
  keys,
  type LicenceDates,
  request,
  type SalesReport,
  type TermsVersion,
  takeVersion,
} from "@/shared/api";
import { listed, type Translate, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import type { PageOf } from "@/shared/table";
import { ActionForm, Skeleton } from "@/shared/ui";
import { CheckList, type Finding } from "./CheckList.tsx";
import { usePrograms } from "./Closes.tsx";
import { texts as checkTexts } from "./checks/texts.ts";
import styles from "./closes.module.css";
import { monthsBetween, nextPeriod, spanOf } from "./periods.ts";
import { PATH, useAll } from "./queries.ts";
import { texts } from "./texts.ts";

interface Values {
  programme_id: string;
  period: string;
}

interface StartCloseProps {
  open: boolean;
  /** What is to be closed, where that is known already. */
  programme?: string | undefined;
  period?: string | undefined;
  onClose: () => void;
}

/** Chooses what to close, and says before it begins what is still missing. */
export function StartClose({ open, programme: asked, period: askedPeriod, onClose }: StartCloseProps) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const programme = Form.useWatch("programme_id", form);
  const period = Form.useWatch("period", form);
  const programmes = (usePrograms().data?.items ?? []).filter((one) => one.state !== "draft");
  useNextPeriod(programme, (next) => form.setFieldValue("period", next));
  const send = async (values: Values, key: string) => {
    const started = await takeVersion(
      api.POST("/api/v1/close-runs", {
        params: { header: { "Idempotency-Key": key } },
        body: values,
      }),
    );
    // The answer is the close's page already: go there at once, and let the lists behind be read again meanwhile.
    client.setQueryData(keys.object(PATH, started.data.id), started);
    void navigate({ to: `/closes/${started.data.id}` });
    void client.invalidateQueries({ queryKey: keys.lists(PATH), refetchType: "none" });
  };
  return (
    <Drawer open={open} onClose={onClose} title={t("start")} size={520} destroyOnHidden>
      <ActionForm<Values>
        form={form}
        send={send}
        submit={t("start.submit")}
        onCancel={onClose}
        initialValues={{ programme_id: asked, period: askedPeriod }}
      >
        <Form.Item
          name="programme_id"
          label={t("programme")}
          rules={[{ required: true, message: t("programme.needed") }]}
        >
          <Select
            placeholder={t("programme.choose")}
            options={programmes.map((one) => ({
              value: one.id,
              label: `${one.code} · ${spoken(one.name)} (${one.currency})`,
            }))}
          />
        </Form.Item>
        <Form.Item
          name="period"
          label={t("period")}
          required
          extra={t("period.help")}
          rules={[
            {
              validator: (_, value: string) =>
                spanOf(value ?? "") ? Promise.resolve() : Promise.reject(new Error(t("period.wrong"))),
            },
          ]}
        >
          <Input className={styles.period ?? ""} maxLength={7} autoComplete="off" spellCheck={false} />
        </Form.Item>
        {programme && period && spanOf(period) && <Readiness programme={programme} period={period} />}
      </ActionForm>
    </Drawer>
  );
}

/** Offers the period after the last closed one, once a programme is chosen. */
function useNextPeriod(programme: string | undefined, offer: (period: string) => void) {
  const runs = useQuery({
    queryKey: keys.list(PATH, { programme, order: "-period", limit: 20 }),
    queryFn: ({ signal }) =>
      request<PageOf<CloseRun>>("GET", PATH, { query: { programme, order: "-period", limit: 20 }, signal }),
    enabled: programme !== undefined,
  });
  const [offered, setOffered] = useState<string>();
  useEffect(() => {
    if (runs.data === undefined || programme === undefined || offered === programme) return;
    setOffered(programme);
    const last = runs.data.items.find((run) => run.status !== "cancelled");
    if (last) offer(nextPeriod(last.period));
  }, [runs.data, programme, offered, offer]);
}

interface ReadinessProps {
  programme: string;
  period: string;
}

/** What a close of the period stands on, and what of it is not there yet. */
function Readiness({ programme, period }: ReadinessProps) {
  const t = useTexts(texts);
  const c = useTexts(checkTexts);
  const runs = useAll<CloseRun>(PATH, { programme });
  const terms = useAll<TermsVersion>("/api/v1/terms-versions", { programme, state: "published" });
  const licences = useAll<LicenceDates>("/api/v1/licence-dates", { programme });
  const reports = useAll<SalesReport>("/api/v1/sales-reports", { programme, current: "true" });
  const rates = useAll<ExchangeRate>("/api/v1/exchange-rates", { programme });
  if (!runs.data || !terms.data || !licences.data || !reports.data || !rates.data) {
    return (
      <div className={styles.checks} aria-busy="true">
        <Skeleton width="80%" />
        <Skeleton width="64%" />
        <Skeleton width="72%" />
      </div>
    );
  }
  const findings = [
    openRun(runs.data, period),
    termsInForce(terms.data, period),
    reportsIn(licences.data, reports.data, period),
    ratesIn(rates.data, period),
  ];
  return <CheckList title={t("checks")} findings={findings.map((finding) => spoken(c, finding))} />;
}

type CheckKey = Extract<NonNullable<(typeof checkTexts)["key"]>, `check.${string}`>;

/** What was found, before it is said in the reader's language. */
export interface Found {
  standing: Finding["standing"];
  text: CheckKey;
  values?: Record<string, string | number>;
  to?: string;
}

function spoken(t: Translate<CheckKey>, { text, values, ...rest }: Found): Finding {
  return { ...rest, text: t(text, values ?? {}) };
}

function openRun(runs: readonly CloseRun[], period: string): Found {
  const same = runs.filter((run) => run.period === period && run.status !== "cancelled");
  const open = same.find((run) => run.status !== "posted");
  if (open) return { standing: "overdue", text: "check.run.open", to: `/closes/${open.id}` };
  return same.length > 0
    ? { standing: "attention", text: "check.run.correction" }
    : { standing: "fine", text: "check.run.first" };
}

export function termsInForce(terms: readonly TermsVersion[], period: string): Found {
  const lastDay = spanOf(period)?.lastDay ?? "";
  const inForce = terms
    .filter((version) => version.in_force_from <= lastDay)
    .sort((one, other) => other.in_force_from.localeCompare(one.in_force_from))[0];
  return inForce
    ? {
        standing: "fine",
        text: "check.terms",
        values: { number: inForce.number, day: inForce.in_force_from },
      }
    : { standing: "overdue", text: "check.terms.none", values: { day: lastDay } };
}

export function reportsIn(
  licences: readonly LicenceDates[],
  reports: readonly SalesReport[],
  period: string,
): Found {
  const span = spanOf(period);
  if (span === null) return { standing: "attention", text: "check.reports.none" };
  const running = licences.filter(
    (licence) =>
      (!licence.starts_on || licence.starts_on <= span.lastDay) &&
      (!licence.ends_on || licence.ends_on >= `${span.first}-01`),
  );
  const filed = new Set(
    reports
      .filter(
        (report) =>
          report.first_month.slice(0, 7) <= span.last && report.last_month.slice(0, 7) >= span.first,
      )
      .map((report) => report.licence_code),
  );
  const missing = running.filter((licence) => !filed.has(licence.code));
  const values = {
    filed: running.length - missing.length,
    all: running.length,
    missing: listed(missing.map((licence) => licence.code)),
  };
  return missing.length === 0
    ? { standing: "fine", text: "check.reports", values }
    : { standing: "attention", text: "check.reports.missing", values };
}

export function ratesIn(rates: readonly ExchangeRate[], period: string): Found {
  const span = spanOf(period);
  const currencies = [...new Set(rates.map((rate) => rate.currency))].sort();
  if (span === null || currencies.length === 0) return { standing: "fine", text: "check.rates.unneeded" };
  const have = new Set(rates.map((rate) => `${rate.currency} ${rate.month.slice(0, 7)}`));
  const missing = monthsBetween(span.first, span.last).flatMap((month) =>
    currencies
      .filter((currency) => !have.has(`${currency} ${month}`))
      .map((currency) => `${currency} ${month}`),
  );
  return missing.length === 0
    ? { standing: "fine", text: "check.rates", values: { currencies: currencies.join(", ") } }
    : { standing: "attention", text: "check.rates.missing", values: { missing: missing.join(", ") } };
}
