import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Tooltip } from "antd";
import type { AmountPart, CloseRunDetail, Explanation } from "@/shared/api";
import { Amount } from "@/shared/format";
import { formatNumber } from "@/shared/format/plain";
import { type Language, type Translate, useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { nameIn } from "@/shared/names";
import { exactMicros, microsInWords, percentOf, useCloseNames, useReasonText } from "@/shared/royalties";
import { Empty, Failure, Skeleton } from "@/shared/ui";
import { ArrowUpOutlined, RightOutlined } from "@/shared/ui/icons";
import styles from "./closes.module.css";
import { explanationQuery, LEVELS, type Level, type Node } from "./queries.ts";
import { texts } from "./texts.ts";

/** Reads from the address which amount is asked about. */
export function nodeOf(search: Readonly<Record<string, string | undefined>>): Node {
  const node: Node = {};
  for (const level of LEVELS) {
    const value = search[level];
    if (!value) break;
    node[level] = value;
  }
  return node;
}

/** The same node without what lies below one of its levels. */
export function upTo(node: Node, level: string): Node {
  const kept: Node = {};
  for (const name of LEVELS) {
    if (level === "total" || node[name] === undefined) break;
    kept[name] = node[name];
    if (name === level) break;
  }
  return kept;
}

/** The address of the explanation of one node of a close. */
export function explainSearch(node: Node): Record<string, string | undefined> {
  return {
    tab: "explain",
    ...Object.fromEntries(LEVELS.map((level) => [level, node[level]])),
  };
}

/** An amount taken apart, from the total down to the families of patents behind it, level by level. */
export function Explain({ run }: { run: CloseRunDetail }) {
  const t = useTexts(texts);
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const node = nodeOf(search);
  const found = useQuery({ ...explanationQuery(run.id, node), placeholderData: (before) => before });
  const navigate = useNavigate();
  const go = (to: Node) => void navigate({ to: ".", search: explainSearch(to) as never });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) {
    return (
      <div className={styles.explain} aria-busy="true">
        {[0, 1, 2, 3, 4, 5].map((place) => (
          <div key={place} className={styles.waitingRow}>
            <Skeleton width={`${70 - place * 8}%`} height={18} />
          </div>
        ))}
      </div>
    );
  }
  return (
    <section
      className={styles.explain}
      aria-label={t("tab.explain")}
      data-stale={found.isPlaceholderData || undefined}
    >
      <p className={styles.explainLead}>{t("explain.lead")}</p>
      <Path found={found.data} node={node} onGo={go} />
      <Parts found={found.data} node={node} onGo={go} />
    </section>
  );
}

interface TreeProps {
  found: Explanation;
  node: Node;
  onGo: (node: Node) => void;
}

/** The way from the total to the amount that is asked about, each with why it is what it is. */
function Path({ found, node, onGo }: TreeProps) {
  const t = useTexts(texts);
  const label = usePartLabel(found);
  const say = useReasonText(found.currency);
  const last = found.path.length - 1;
  return (
    <ol className={styles.path} aria-label={t("explain.path")}>
      {found.path.map((part, depth) => (
        <li
          key={`${part.level} ${part.key}`}
          data-here={depth === last || undefined}
          style={{ "--depth": depth } as never}
        >
          <div className={styles.pathRow}>
            <span className={styles.level}>{t(`level.${part.level}`)}</span>
            {depth === last ? (
              <strong className={styles.partName}>{label(part)}</strong>
            ) : (
              <button
                type="button"
                className={styles.partLink}
                onClick={() => onGo(upTo(node, part.level))}
                aria-label={t("explain.up", { name: label(part) })}
              >
                <ArrowUpOutlined aria-hidden /> {label(part)}
              </button>
            )}
            <PartAmount part={part} currency={found.currency} />
          </div>
          {depth === last && <FactsOf part={part} currency={found.currency} />}
          {depth === last && part.reasons.length > 0 && (
            <ul className={styles.reasons}>
              {part.reasons.map((reason) => (
                <li key={reason.key}>{say(reason)}</li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}

function Parts({ found, node, onGo }: TreeProps) {
  const t = useTexts(texts);
  const level = found.level;
  const whole = found.path.at(-1);
  if (level === null) return null;
  if (found.parts.length === 0) {
    // Fees, equal parts and the like are not made of anything: the reasons along the path say all there is to say.
    return BigInt(whole?.micros ?? 0) === 0n ? <Empty title={t("explain.none")} /> : null;
  }
  // The largest comes first.
  const most = found.parts[0] ? size(found.parts[0]) : 0n;
  const all = BigInt(whole?.micros ?? 0);
  return (
    <>
      <h2 className={styles.partsTitle}>
        {t(`parts.${level}` as "parts.payee", { count: found.parts.length + (found.rest?.count ?? 0) })}
      </h2>
      {found.parts.some(isEvidence) && <p className={styles.evidence}>{t("family.enough")}</p>}
      <ul className={styles.parts}>
        {found.parts.map((part) => (
          <PartRow key={part.key} part={part} found={found} node={node} most={most} all={all} onGo={onGo} />
        ))}
        {found.rest && (
          <li className={styles.part}>
            <div className={styles.partRow}>
              <span className={styles.partName}>{t("explain.rest", { count: found.rest.count })}</span>
              <PartAmount
                part={{ amount_minor: found.rest.amount_minor, micros: found.rest.micros }}
                currency={found.currency}
              />
            </div>
          </li>
        )}
      </ul>
      {found.credits.length > 0 && (
        <>
          <h2 className={styles.partsTitle}>{t("explain.credits", { count: found.credits.length })}</h2>
          <ul className={styles.parts}>
            {found.credits.map((part) => (
              <PartRow key={part.key} part={part} found={found} node={{}} most={most} all={all} onGo={onGo} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

interface PartRowProps extends TreeProps {
  part: AmountPart;
  most: bigint;
  all: bigint;
}

function PartRow({ part, found, node, most, all, onGo }: PartRowProps) {
  const label = usePartLabel(found);
  const opens = (LEVELS as readonly string[]).includes(part.level) && size(part) > 0n;
  const width = most === 0n ? 0 : Number((size(part) * 1000n) / most) / 10;
  const name = (
    <>
      <span className={styles.partName}>{label(part)}</span>
      <Patents part={part} />
    </>
  );
  const row = isEvidence(part) ? (
    <span className={styles.partHead}>{name}</span>
  ) : (
    <>
      <span className={styles.partHead}>{name}</span>
      <span className={styles.share}>{percentOf(BigInt(part.micros), all)}</span>
      <PartAmount part={part} currency={found.currency} />
      {opens ? <RightOutlined className={styles.opens} aria-hidden /> : <span className={styles.opens} />}
      <span className={styles.bar} aria-hidden>
        <span style={{ inlineSize: `${width}%` }} />
      </span>
    </>
  );
  return (
    <li className={styles.part}>
      {opens ? (
        <button
          type="button"
          className={styles.partRow}
          onClick={() => onGo({ ...node, [part.level as Level]: part.key })}
        >
          {row}
        </button>
      ) : (
        <div className={styles.partRow}>{row}</div>
      )}
    </li>
  );
}

/** Whether a part bears out the whole by itself, as any family does under coverage, and has no amount of its own. */
function isEvidence(part: AmountPart): boolean {
  return part.facts.one_is_enough === true;
}

function size(part: Pick<AmountPart, "micros">): bigint {
  const micros = BigInt(part.micros);
  return micros < 0n ? -micros : micros;
}

interface Sized {
  amount_minor: number | null;
  micros: string;
}

/** What is paid of it; the exact amount before the last rounding on hover, or in its place where nothing is paid. */
function PartAmount({ part, currency }: { part: Sized; currency: string }) {
  const language = useLanguage();
  const t = useTexts(words);
  const exact = exactMicros(part.micros, currency);
  if (part.amount_minor === null) {
    return <span className={styles.partAmount}>{microsInWords(part.micros, currency, language)}</span>;
  }
  return (
    <Tooltip title={t("exact", { value: `${exact} ${currency}` })}>
      <span className={styles.partAmount}>
        <Amount minor={part.amount_minor} currency={currency} />
      </span>
    </Tooltip>
  );
}

/** The patents of a family that counted, where the node is one. */
function Patents({ part }: { part: AmountPart }) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const language = useLanguage();
  if (part.level !== "family") return null;
  const patents = Array.isArray(part.facts.patents) ? (part.facts.patents as PatentFact[]) : [];
  const weight = typeof part.facts.weight === "string" ? part.facts.weight : "";
  return (
    <span className={styles.patents}>
      {weight && <span>{t("family.weight", { weight: formatNumber(weight, language) })}</span>}
      {patents.map((patent) => (
        <span key={patentName(patent)} className={styles.patent}>
          <code>{patentName(patent)}</code>
          {typeof patent !== "string" && patent.country && ` ${names.country(patent.country)}`}
        </span>
      ))}
    </span>
  );
}

type PatentFact = string | { publication?: string; country?: string };

function patentName(patent: PatentFact): string {
  return typeof patent === "string" ? patent : (patent.publication ?? "");
}

function FactsOf({ part, currency }: { part: AmountPart; currency: string }) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const language = useLanguage();
  if (part.level !== "bucket") return null;
  const fact = (name: string) => String(part.facts[name] ?? "");
  const rows: [string, string][] = [
    [t("month"), fact("month")],
    [t("made_in"), names.country(fact("made_in"))],
    [t("sold_in"), names.country(fact("sold_in"))],
    [t("units"), formatNumber(fact("units"), language)],
    [t("rate"), fact("rate_id") || "–"],
    [t("billed"), microsInWords(fact("billed_micros"), currency, language)],
  ];
  return (
    <dl className={styles.bucketFacts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How a part of any level is called in the reader's words. */
function usePartLabel(found: Explanation): (part: AmountPart) => string {
  const t = useTexts(texts);
  const names = useCloseNames();
  const language = useLanguage();
  return (part) => labelOf(part, found, { t, names, language });
}

interface Naming {
  t: Translate<"rule.name">;
  names: ReturnType<typeof useCloseNames>;
  language: Language;
}

function labelOf(part: AmountPart, found: Explanation, { t, names, language }: Naming): string {
  const name = nameIn(language, part);
  switch (part.level) {
    case "total":
      return `${found.programme_code} ${found.period}`;
    case "payee":
      return names.payee(part.key, name);
    case "product":
      return names.product(part.key);
    case "country":
      return names.country(part.key);
    case "licence":
      return name ? `${part.key} · ${name}` : part.key;
    case "bucket": {
      const made = String(part.facts.made_in ?? "");
      const sold = String(part.facts.sold_in ?? "");
      const way = made || sold ? ` · ${names.country(made)} → ${names.country(sold)}` : "";
      return `${String(part.facts.month ?? part.key)}${way}`;
    }
    case "rule":
      return t("rule.name", { path: part.key });
    default:
      return part.key;
  }
}
