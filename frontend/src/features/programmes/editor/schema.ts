/** What the form shows of terms; whatever it does not know stays part of the document and is shown as it is written. */

export type Kind = "text" | "list" | "weights" | "choice" | "tiers" | "node" | "when" | "reach";

export interface FieldDef {
  key: string;
  kind: Kind;
  /** What may be chosen; the first is what holds where nothing is written. */
  choices?: readonly string[];
  /** The amount of each row, beside the number from which it holds. */
  amount?: string;
  /** Parts that are told in sum. */
  sums?: boolean;
}

const text = (key: string): FieldDef => ({ key, kind: "text" });
const list = (key: string): FieldDef => ({ key, kind: "list" });
const choice = (key: string, ...choices: string[]): FieldDef => ({ key, kind: "choice", choices });

export const HEAD: readonly FieldDef[] = [
  choice("royalty_bearing", "always", "in_force"),
  choice("basis", "accrued", "collected"),
  text("admin_fee_percent"),
];
/** Filled in for each close, or known of the programme: shown where somebody wrote them. */
export const HEAD_FURTHER: readonly FieldDef[] = [text("id"), text("currency"), text("period")];

const MATCH: readonly FieldDef[] = [
  list("products"),
  list("made_in"),
  list("sold_in"),
  list("licences"),
  list("option"),
  choice("standing", "standard", "compliant"),
  text("from"),
  text("to"),
  text("signed_from"),
  text("signed_to"),
];
const SCOPE = choice("scope", "enterprise", "licence");
const CURRENCY = text("currency");

export const FORMS = ["per_unit", "bands", "steps", "percent", "percent_per_patent", "flat"] as const;
export type Form = (typeof FORMS)[number];

const UNITS: readonly FieldDef[] = [SCOPE, { key: "product_weights", kind: "weights" }];
const BOUNDS: readonly FieldDef[] = [text("floor_per_unit"), text("ceiling_per_unit")];

/** What goes with each kind of price: what it cannot do without first. */
export const OF_FORM: Record<Form, readonly FieldDef[]> = {
  per_unit: [text("per_unit"), ...UNITS],
  bands: [{ key: "bands", kind: "tiers", amount: "per_unit" }, ...UNITS, choice("reset", "year", "never")],
  steps: [
    { key: "steps", kind: "tiers", amount: "fee" },
    ...UNITS,
    choice("reset", "year", "never"),
    choice("measure", "sum", "peak"),
  ],
  percent: [text("percent"), ...BOUNDS],
  percent_per_patent: [text("percent_per_patent"), text("percent_ceiling"), ...BOUNDS],
  flat: [text("flat"), choice("flat_per", "year", "half", "quarter", "month")],
};
export const RATE_FURTHER: readonly FieldDef[] = [...MATCH, CURRENCY];

export type Limits = "waivers" | "caps" | "minimums";
export const AMOUNT: Record<Limits, string> = {
  waivers: "below_per_year",
  caps: "per_year",
  minimums: "per_year",
};
export const LIMIT_FURTHER: Record<Limits, readonly FieldDef[]> = {
  waivers: [SCOPE, ...MATCH, CURRENCY],
  caps: [SCOPE, ...MATCH, CURRENCY],
  minimums: [SCOPE, list("licences"), list("option"), CURRENCY],
};

export const NODES = [
  "segment",
  "split",
  "patents",
  "coverage",
  "equal",
  "points",
  "column",
  "member",
  "reserve",
] as const;
export type NodeKind = (typeof NODES)[number];
const TERRITORY = choice("territory", "sold_in", "made_in", "either", "both", "any");
const CAP = text("cap_percent");
export const OF_NODE: Record<NodeKind, readonly FieldDef[]> = {
  segment: [{ key: "shares", kind: "weights", sums: true }],
  split: [],
  patents: [
    choice("count", "families", "publications", "reach"),
    TERRITORY,
    choice("time", "first_day", "days"),
    { key: "class_weights", kind: "weights" },
    { key: "reach", kind: "reach" },
    CAP,
  ],
  coverage: [TERRITORY],
  equal: [],
  points: [{ key: "points", kind: "weights" }, CAP],
  column: [text("column"), CAP],
  member: [text("id")],
  reserve: [text("name")],
};
export const WHEN: readonly FieldDef[] = [
  list("licences"),
  list("products"),
  list("made_in"),
  list("sold_in"),
];
export const REACH: readonly FieldDef[] = [
  text("base"),
  text("major_base"),
  list("major"),
  text("extra"),
  text("extra_max"),
];
export const TOP = ["programme", "rates", "waivers", "caps", "minimums", "allocation"];

/** Adds decimals as they are written; nothing where one is no decimal. */
export function sumOf(parts: readonly string[]): string | null {
  let sum = 0n;
  for (const part of parts) {
    const found = /^(\d{1,30})(?:\.(\d{1,12}))?$/.exec(part.trim());
    if (found === null) return null;
    sum += BigInt((found[1] ?? "0") + (found[2] ?? "").padEnd(12, "0"));
  }
  const digits = sum.toString().padStart(13, "0");
  const rest = digits.slice(-12).replace(/0+$/, "");
  return digits.slice(0, -12) + (rest ? `.${rest}` : "");
}
