import { Form, Input, Radio } from "antd";
import { useState } from "react";
import type { PaymentOptions } from "@/shared/api";
import { formatDay, formatMinor, minorDigits } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import styles from "../payments.module.css";
import { type Mistake, mistakeOf, readAmount } from "./amount.ts";
import { texts } from "./texts.ts";

const ALL = "all";
const OTHER = "other";

/** Writes an amount in one colour, as on a button. */
export function useWritten() {
  const language = useLanguage();
  return (minor: number, currency: string) => `${formatMinor(minor, currency, language)} ${currency}`;
}

interface Choice {
  /** What was chosen, in minor units; null where it is no amount that can be paid. */
  minor: number | null;
  /** Says what is wrong with what was typed, from now on while it is typed as well. */
  check: () => void;
  fields: React.ReactNode;
}

/** Chooses how much of an invoice is paid online: all that is left, agreed parts, or another amount to the cent. */
export function useChoice(options: PaymentOptions): Choice {
  const t = useTexts(texts);
  const told = useMistakes(options);
  const written = useWritten();
  const offered = [
    ...options.parts
      .filter((part) => part.amount_minor < options.payable_minor)
      .map((part, place) => ({
        value: part.due_on,
        minor: part.amount_minor,
        label: t(place === 0 ? "part" : "parts", { day: formatDay(part.due_on) }),
      })),
    {
      value: ALL,
      minor: options.payable_minor,
      label: t(options.payable_minor < options.open_minor ? "rest" : "all"),
    },
  ].map((one) => ({ ...one, mistake: mistakeOf(one.minor, options) }));
  const [chosen, choose] = useState<string | null>(null);
  const [typed, type] = useState("");
  const [isChecked, setChecked] = useState(false);
  // What was chosen before the page learnt of a payment may not be there any more.
  const first = offered.find((one) => one.value === ALL && one.mistake === null) ?? offered.find(free);
  const now = chosen === OTHER || offered.some((one) => one.value === chosen && free(one)) ? chosen : null;
  const value = now ?? first?.value ?? OTHER;
  const read = readAmount(typed, options);
  const minor = value === OTHER ? read.minor : (offered.find((one) => one.value === value)?.minor ?? null);
  const shown = value === OTHER && isChecked ? read.mistake : null;
  return {
    minor,
    check: () => setChecked(true),
    fields: (
      <Form layout="vertical" component="div">
        <Form.Item label={t("choose")}>
          <Radio.Group
            value={value}
            onChange={(event) => choose(event.target.value as string)}
            className={styles.choice ?? ""}
            aria-label={t("choose")}
          >
            {offered.map((one) => (
              <Radio key={one.value} value={one.value} disabled={one.mistake !== null}>
                {one.label}: {written(one.minor, options.currency)}
                {one.mistake && <span className={styles.why}>{told(one.mistake)}</span>}
              </Radio>
            ))}
            <Radio value={OTHER}>{t("other")}</Radio>
          </Radio.Group>
        </Form.Item>
        {value === OTHER && (
          <Form.Item
            label={t("amount")}
            htmlFor="pay-amount"
            validateStatus={shown ? "error" : ""}
            help={
              <span role={shown ? "alert" : undefined}>
                {shown
                  ? told(shown)
                  : t("amount.help", { most: written(options.payable_minor, options.currency) })}
              </span>
            }
          >
            <Input
              id="pay-amount"
              inputMode="decimal"
              autoComplete="off"
              maxLength={30}
              value={typed}
              suffix={options.currency}
              style={{ width: 240 }}
              onChange={(event) => type(event.target.value)}
              onBlur={() => typed && setChecked(true)}
            />
          </Form.Item>
        )}
        {minor !== null && (
          <p aria-live="polite">
            {minor === options.open_minor
              ? t("left.none")
              : `${t("left")}: ${written(options.open_minor - minor, options.currency)}`}
          </p>
        )}
      </Form>
    ),
  };
}

function free({ mistake }: { mistake: Mistake | null }): boolean {
  return mistake === null;
}

function useMistakes(options: PaymentOptions) {
  const t = useTexts(texts);
  const written = useWritten();
  const digits = minorDigits(options.currency);
  return (mistake: Mistake) =>
    t(mistake === "digits" && digits === 0 ? "mistake.digits_0" : `mistake.${mistake}`, {
      digits,
      most: written(options.payable_minor, options.currency),
      least: written(options.least_minor, options.currency),
      limit: written(options.most_minor, options.currency),
    });
}
