import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import { asProblem, keys, request, type TermsVersion, useIntention, useRoles } from "@/shared/api";
import { todayHere } from "@/shared/format/plain";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import {
  countryName,
  priceText,
  reserveName,
  royaltyTexts,
  type Table,
  useConditions,
} from "@/shared/royalties";
import { Empty, Pairs, Panel } from "@/shared/ui";
import { Differences } from "./Differences.tsx";
import styles from "./programmes.module.css";
import { inForce } from "./queries.ts";
import { VersionChoice } from "./Rates.tsx";
import { texts } from "./texts.ts";

const tables = (value: unknown): Table[] => (Array.isArray(value) ? (value as Table[]) : []);

/** What else the terms say, for those who may read the whole of them: limits, the fee, and how it is shared. */
export function Terms({
  programme,
  versions,
  currency,
}: {
  programme: string;
  versions: readonly TermsVersion[];
  currency: string;
}) {
  const t = useTexts(texts);
  const [chosen, setChosen] = useState<string>();
  const shown = versions.find((version) => version.id === chosen) ?? inForce(versions) ?? versions[0];
  if (shown === undefined) {
    return (
      <Empty title={t("terms.none")}>
        <DraftButton programme={programme} versions={versions} />
      </Empty>
    );
  }
  const content = shown.content as Table;
  return (
    <>
      <div className={styles.versions}>
        <VersionChoice versions={versions} value={shown.id} onChange={setChosen} />
        <Link to={`/terms-versions/${shown.id}`}>
          {t(shown.published_at ? "open.version" : "open.draft")}
        </Link>
        <DraftButton programme={programme} versions={versions} from={shown} />
      </div>
      <div className={styles.panels}>
        <Panel title={t("allocation")}>
          <AllocationTree content={content} />
        </Panel>
        <Limits content={content} currency={currency} />
      </div>
      <div className={styles.differences}>
        <Differences key={shown.id} version={shown} versions={versions} />
      </div>
      <details className={styles.document}>
        <summary>{t("document")}</summary>
        <pre>{shown.document}</pre>
      </details>
    </>
  );
}

/** The office begins the next version from one that is there. */
function DraftButton({
  programme,
  versions,
  from,
}: {
  programme: string;
  versions: readonly TermsVersion[];
  from?: TermsVersion;
}) {
  const t = useTexts(texts);
  const roles = useRoles();
  const navigate = useNavigate();
  const client = useQueryClient();
  const intention = useIntention();
  const { message } = App.useApp();
  if (!roles.has("secretariat")) return null;
  const begin = async () => {
    const body = {
      programme_id: programme,
      in_force_from: nextQuarter(todayHere()),
      document: from?.document ?? FIRST,
    };
    try {
      const made = await request<TermsVersion>("POST", "/api/v1/terms-versions", {
        body,
        key: intention.keyFor([body, versions.length]),
      });
      intention.done();
      await client.invalidateQueries({ queryKey: keys.everything() });
      void navigate({ to: `/terms-versions/${made.id}` });
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  return <Button onClick={() => void begin()}>{t("draft.next")}</Button>;
}

/** Terms to begin with, where a programme has none. */
const FIRST = '[allocation]\nby = "equal"\n';

/** The first day of the quarter after a day. */
function nextQuarter(day: string): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const next = Math.floor((month - 1) / 3) * 3 + 4;
  return next > 12 ? `${year + 1}-01-01` : `${year}-${String(next).padStart(2, "0")}-01`;
}

/** What bears royalties, what is shared out, and how: the fee first, then the tree. */
export function AllocationTree({ content }: { content: TermsVersion["content"] }) {
  const t = useTexts(texts);
  const head = ((content as Table).programme ?? {}) as Table;
  return (
    <>
      <Pairs
        pairs={[
          {
            label: t("bearing"),
            value: t(head.royalty_bearing === "in_force" ? "bearing.in_force" : "bearing.always"),
          },
          {
            label: t("basis"),
            value: t(head.basis === "collected" ? "basis.collected" : "basis.accrued"),
          },
        ]}
      />
      <ul className={styles.tree}>
        <li>{t("fee", { percent: String(head.admin_fee_percent ?? "0") })}</li>
        <Node node={((content as Table).allocation ?? {}) as Table} />
      </ul>
    </>
  );
}

function Limits({ content, currency }: { content: Table; currency: string }) {
  const t = useTexts(texts);
  const r = useTexts(royaltyTexts);
  const w = useTexts(words);
  const language = useLanguage();
  const conditions = useConditions();
  const limits = [
    ...tables(content.waivers).map((entry) => ({
      kind: "waiver" as const,
      entry,
      amount: entry.below_per_year,
    })),
    ...tables(content.caps).map((entry) => ({ kind: "cap" as const, entry, amount: entry.per_year })),
    ...tables(content.minimums).map((entry) => ({ kind: "minimum" as const, entry, amount: entry.per_year })),
  ];
  return (
    <Panel title={t("limits")}>
      {limits.length === 0 && <p>{w("none")}</p>}
      <ul className={styles.limits}>
        {limits.map(({ kind, entry, amount }) => (
          <li key={`${kind} ${String(entry.id)}`}>
            <strong>
              {r(`terms.${kind}`, {
                amount: priceText(amount, String(entry.currency ?? currency), language),
                scope: r.maybe(`scope.${String(entry.scope ?? "enterprise")}`),
              })}
            </strong>
            <span>
              {t(kind)} <code>{String(entry.id)}</code> · {conditions(entry).join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** One node of the allocation, with those below it. */
function Node({ node, share, label }: { node: Table; share?: string; label?: string }) {
  const t = useNodeText();
  const w = useTexts(words);
  const r = useTexts(royaltyTexts);
  const shares = Object.entries((node.shares ?? {}) as Record<string, unknown>);
  const branches = tables(node.branches);
  return (
    <li>
      {label && <span className={styles.branch}>{label} </span>}
      {share && <span className={styles.branch}>{share}% </span>}
      {t.named(node)}
      {t.details(node).map((detail) => (
        <span key={detail} className={styles.detail}>
          {detail}
        </span>
      ))}
      {(shares.length > 0 ||
        branches.length > 0 ||
        node.within !== undefined ||
        node.otherwise !== undefined) && (
        <ul>
          {shares.map(([segment, part]) => (
            <li key={segment}>
              <span className={styles.branch}>{String(part)}%</span>{" "}
              {w.maybe(`segment.${segment}`, {}, segment)}
            </li>
          ))}
          {node.within !== undefined && <Node node={node.within as Table} label={r("terms.within")} />}
          {branches.map((branch) => (
            <Node
              key={JSON.stringify(branch)}
              node={(branch.to ?? {}) as Table}
              share={String(branch.share ?? "")}
            />
          ))}
          {node.otherwise !== undefined && (
            <Node node={node.otherwise as Table} label={r("terms.otherwise")} />
          )}
        </ul>
      )}
    </li>
  );
}

function useNodeText() {
  const r = useTexts(royaltyTexts);
  const language = useLanguage();
  // What is charged without sales stands among the products under a name that begins so.
  const product = (value: unknown) => {
    const charge = /^~charge:(.+)$/.exec(String(value))?.[1];
    return charge ? r.maybe(`charge.${charge}`, {}, charge) : String(value);
  };
  const joined = (values: readonly string[]) => values.join(language === "en" ? ", " : "、");
  return {
    named: (node: Table) =>
      r.maybe(`terms.by.${String(node.by)}`, {
        counted: r.maybe(`count.${String(node.count ?? "families")}`),
        territory: r.maybe(`territory.${String(node.territory ?? "sold_in")}`),
        column: String(node.column ?? ""),
        id: String(node.id ?? ""),
        name: reserveName(r, String(node.name ?? "")),
      }),
    details: (node: Table) => {
      const said: string[] = [];
      const classes = Object.entries((node.class_weights ?? {}) as Record<string, unknown>);
      if (classes.length > 0) {
        said.push(
          r("terms.classes", {
            list: joined(classes.map(([name, weight]) => `${name} × ${String(weight)}`)),
          }),
        );
      }
      if (node.cap_percent) said.push(r("terms.cap_percent", { percent: String(node.cap_percent) }));
      if (node.reach) {
        const reach = node.reach as Table;
        const major = (Array.isArray(reach.major) ? reach.major : []).map((code) =>
          countryName(String(code), language),
        );
        said.push(
          r("terms.reach", {
            base: String(reach.base),
            major_base: String(reach.major_base),
            major: joined(major),
            extra: String(reach.extra),
            max: String(reach.extra_max),
          }),
        );
      }
      if (node.when) {
        const values = Object.values(node.when as Table).flatMap((value) =>
          Array.isArray(value) ? value : [],
        );
        said.push(r("terms.when", { list: joined(values.map(product)) }));
      }
      return said;
    },
  };
}
