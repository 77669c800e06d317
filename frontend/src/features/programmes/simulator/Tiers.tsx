import { Amount } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { FigureTable } from "@/shared/royalties";
import { Panel } from "@/shared/ui";
import styles from "./simulator.module.css";
import { texts } from "./texts.ts";
import type { Result, Tier } from "./types.ts";

interface Props {
  result: Result;
  names: readonly string[];
}

/** How much of each rate comes from which band or step, and what waivers and caps take off it, side by side. */
export function Tiers({ result, names }: Props) {
  const t = useTexts(texts);
  const { currency } = result;
  const rates = byRate(result.tiers ?? []);
  if (rates.length === 0) return null;
  const columns = names.length + (names.length > 1 ? 2 : 1);
  return (
    <Panel title={t("tiers")} note={t("tiers.note")}>
      <FigureTable label={t("tiers")}>
        <thead>
          <tr>
            <th scope="col">{t("what")}</th>
            {names.map((name) => (
              <th key={name} scope="col" data-numeric>
                {name}
              </th>
            ))}
            {names.length > 1 && (
              <th scope="col" data-numeric data-wide>
                {t("difference")}
              </th>
            )}
          </tr>
        </thead>
        {rates.map((lines) => (
          <tbody key={`${lines[0]?.rate} ${lines[0]?.kind}`}>
            <tr data-heading>
              <th scope="rowgroup" colSpan={columns}>
                {lines[0]?.kind === "charge" || <>{lines[0]?.rate || t("no.rate")} </>}
                <span className={styles.kind}>{t.maybe(`rate.${lines[0]?.kind}`)}</span>
              </th>
            </tr>
            {lines.map((line) => (
              <tr key={`${line.part} ${line.above}`}>
                <th scope="row">
                  <Part line={line} />
                </th>
                <Amounts
                  minor={line.minor}
                  prices={line.price}
                  unit={line.kind.startsWith("percent") ? " %" : ""}
                  currency={currency}
                />
              </tr>
            ))}
            {lines.length > 1 && (
              <tr data-sum>
                <th scope="row">{t("tier.sum")}</th>
                <Amounts minor={sums(lines)} currency={currency} />
              </tr>
            )}
          </tbody>
        ))}
      </FigureTable>
    </Panel>
  );
}

function Part({ line }: { line: Tier }) {
  const t = useTexts(texts);
  if (line.part !== "tier") return t(`tier.${line.part}`);
  if (line.above === "") return t("tier.all");
  const ends = new Set(line.upto.filter((upto) => upto !== null));
  const [upto] = ends.size === 1 ? [...ends] : [""];
  return upto ? t("tier.between", { above: line.above, upto }) : t("tier.above", { above: line.above });
}

function Amounts({
  minor,
  prices = [],
  unit = "",
  currency,
}: {
  minor: readonly number[];
  prices?: readonly (string | null)[];
  unit?: string;
  currency: string;
}) {
  const [one = 0, other] = minor;
  return (
    <>
      {minor.map((amount, side) => (
        // The sides have no other name than their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: sides never change places
        <td key={side} data-numeric>
          <Amount minor={amount} currency={currency} />
          {prices[side] && <div className={styles.kind}>{`${prices[side]}${unit}`}</div>}
        </td>
      ))}
      {other !== undefined && (
        <td data-numeric data-wide>
          <Amount minor={one - other} currency={currency} />
        </td>
      )}
    </>
  );
}

function sums(lines: readonly Tier[]): number[] {
  return (lines[0]?.minor ?? []).map((_, side) =>
    lines.reduce((sum, line) => sum + (line.minor[side] ?? 0), 0),
  );
}

function byRate(tiers: readonly Tier[]): Tier[][] {
  const found = new Map<string, Tier[]>();
  for (const tier of tiers) {
    const key = `${tier.rate} ${tier.kind}`;
    found.set(key, [...(found.get(key) ?? []), tier]);
  }
  return [...found.values()];
}
