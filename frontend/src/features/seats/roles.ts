/** What a role is held in: the assignment names an alliance, an operating entity, or nothing. */
export type Scope = "alliance" | "entity" | "alliance_or_entity" | "none";

const SCOPES: Record<string, Scope> = {
  secretariat: "alliance",
  operator: "alliance_or_entity",
  operations_head: "alliance_or_entity",
  committee: "entity",
  finance: "entity",
  close_approver: "entity",
  legal: "alliance",
  authority: "alliance",
};

const OFFICE = Object.keys(SCOPES);
const OUTSIDE = [
  "prospect",
  "licensee",
  "patent_agent",
  "annuity_provider",
  "pledgee_bank",
  "fund_investor",
  "evaluator",
  "expert",
  "auditor",
  "close_auditor",
  "neutral",
];
const MEMBER = ["member_admin", "member_staff", "member_finance", "member_negotiator"];

export const PURPOSES = ["royalties", "custody_deposits", "case_costs"] as const;

export function scopeOf(role: string | undefined): Scope {
  return (role && SCOPES[role]) || "none";
}

/** The roles that somebody with these roles gives; the server has the last word on each. */
export function givenBy(roles: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>();
  const add = (names: readonly string[]) => {
    for (const name of names) found.add(name);
  };
  if (roles.has("member_admin")) add(MEMBER);
  if (roles.has("secretariat")) add([...OFFICE, "member_admin", ...OUTSIDE]);
  if (roles.has("site_admin")) add([...OFFICE, ...MEMBER, ...OUTSIDE, "site_admin"]);
  return [...found];
}

export interface RoleValues {
  role?: string;
  place?: "alliance" | "entity";
  alliance?: string;
  operating_entity?: string;
  purpose?: string;
  ends_on?: string | null;
}

/** What the server is sent of a role: only what the role is held in, and the first instant without it. */
export function roleBody(values: RoleValues): Record<string, unknown> {
  const scope = scopeOf(values.role);
  const inAlliance = scope === "alliance" || (scope === "alliance_or_entity" && values.place !== "entity");
  const atEntity = scope === "entity" || (scope === "alliance_or_entity" && values.place === "entity");
  return {
    role: values.role,
    ...(inAlliance ? { alliance: values.alliance } : {}),
    ...(atEntity ? { operating_entity: values.operating_entity } : {}),
    ...(values.role === "finance" ? { purpose: values.purpose } : {}),
    ...(values.ends_on ? { ends_at: new Date(`${values.ends_on}T00:00:00`).toISOString() } : {}),
  };
}
