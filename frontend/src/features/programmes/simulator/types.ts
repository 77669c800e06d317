/** What a simulation tells; each list of figures has one for each version, the tried one first. */
export interface Line {
  key: string;
  minor: number[];
}

/** A band or step of a rate, or what waivers and caps take off it; the lines of a rate add up to it. */
export interface Tier {
  rate: string;
  kind: string;
  part: "tier" | "waived" | "capped";
  above: string;
  upto: (string | null)[];
  price: (string | null)[];
  minor: number[];
}
export interface Result {
  programme_id: string;
  currency: string;
  period: string;
  source: "close" | "invented" | "reports";
  sides: {
    id: string;
    number: number;
    in_force_from: string;
    state: string;
    as_owed: boolean;
    worked_out: boolean;
    rejected: Record<string, number>;
  }[];
  refused: { file: string; line: string; column: string; code: string; value: string }[][];
  due_minor: number[];
  distributed_minor: number[];
  capped_minor?: number[];
  licences: (Line & { capped_minor: number[] })[];
  payees: Line[];
  rates: (Line & { units: number[] })[];
  products: Line[];
  /** Neither is in results that an earlier version worked out. */
  kinds?: Line[];
  tiers?: Tier[];
}
