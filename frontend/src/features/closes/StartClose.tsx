import { useQuery } from "@tanstack/react-query";
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
  useKept,
  useMe,
} from "@/shared/api";
import { type Translate, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import type { PageOf } from "@/shared/table";
import { ActionForm, FailureLine, Skeleton } from "@/shared/ui";
import { CheckList, type Finding } from "./CheckList.tsx";
import { usePrograms } from "./Closes.tsx";
import { type CheckKey, type Found, openRun, ratesIn, reportsIn, termsInForce } from "./checks/readiness.ts";
import { texts as checkTexts } from "./checks/texts.ts";
import styles from "./closes.module.css";
import { nextPeriod, spanOf } from "./periods.ts";
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
  const keep = useKept(PATH);
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const programme = Form.useWatch("programme_id", form);
  const period = Form.useWatch("period", form);
  const entities = useEntities();
  const read = usePrograms();
  const programmes = (read.data?.items ?? []).filter(
    (one) => one.state !== "draft" && entities.has(one.operating_entity_id),
  );
  const runs = useNextPeriod(programme, (next) => form.setFieldValue("period", next));
  const send = async (values: Values, key: string) => {
    const started = await takeVersion(
      api.POST("/api/v1/close-runs", {
        params: { header: { "Idempotency-Key": key } },
        body: values,
      }),
    );
    // The answer is the close's page already: go there at once, and let the lists behind be read again meanwhile.
    keep(started.data.id, started, { later: true });
    void navigate({ to: `/closes/${started.data.id}` });
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
        {read.isError && <FailureLine error={read.error} retry={() => void read.refetch()} />}
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
        {runs.isError && <FailureLine error={runs.error} retry={() => void runs.refetch()} />}
        {programme && period && spanOf(period) && <Readiness programme={programme} period={period} />}
      </ActionForm>
    </Drawer>
  );
}

/** The operating entities whose royalties the acting seat settles. */
function useEntities(): ReadonlySet<string | null> {
  const settling = useMe().roles.filter(({ role, purpose }) => role === "finance" && purpose === "royalties");
  return new Set(settling.map((held) => held.operating_entity));
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
  return runs;
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
  const asked = [runs, terms, licences, reports, rates];
  const failed = asked.find((one) => one.isError && one.data === undefined);
  if (failed) {
    const again = () => asked.filter((one) => one.isError).map((one) => one.refetch());
    return <FailureLine error={failed.error} what={t("checks.failed")} retry={() => void again()} />;
  }
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

function spoken(t: Translate<CheckKey>, { text, values, ...rest }: Found): Finding {
  return { ...rest, text: t(text, values ?? {}) };
}
