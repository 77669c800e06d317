import { describe, expect, test } from "vitest";
import {
  type Path,
  type Plain,
  plainOf,
  put,
  readWritten,
  swapped,
  Unreadable,
} from "@/features/programmes/editor/toml/index";

const TERMS = `# Agreed with the members in March.
[programme]
admin_fee_percent = "10" # of everything

[[rates]]
id = "phones"   # who makes them
products = [
  "phone", # with a screen
  "tablet",
]
bands = [{above = 0, per_unit = "0.40"}, { above = 5000000, per_unit = "0.10" }]

# Kept for the licence of 2019.
[[rates]]
id = 'old'
licences = ["L7"]
product_weights.tv = "0.5"
per_unit = "0.2"
new_key = """as
it is"""

[allocation]
by = "segment"
shares = { upstream = "30", downstream = "70" }
[allocation.within]
by = "split"
[[allocation.within.branches]]
share = "70"
to = { by = "patents", class_weights = { A = "3" } }
[[allocation.within.branches]] # the rest
share = "30"
[allocation.within.branches.to]
by = "equal"
`;

const plain = (text: string) => plainOf(readWritten(text).root);
const remarks = (text: string) => text.match(/#.*/g) ?? [];

describe("a document of terms", () => {
  test("is read as it is meant", () => {
    expect(plain(TERMS)).toEqual({
      programme: { admin_fee_percent: "10" },
      rates: [
        {
          id: "phones",
          products: ["phone", "tablet"],
          bands: [
            { above: "0", per_unit: "0.40" },
            { above: "5000000", per_unit: "0.10" },
          ],
        },
        {
          id: "old",
          licences: ["L7"],
          product_weights: { tv: "0.5" },
          per_unit: "0.2",
          new_key: "as\nit is",
        },
      ],
      allocation: {
        by: "segment",
        shares: { upstream: "30", downstream: "70" },
        within: {
          by: "split",
          branches: [
            { share: "70", to: { by: "patents", class_weights: { A: "3" } } },
            { share: "30", to: { by: "equal" } },
          ],
        },
      },
    });
  });

  test("changes in the one place that is written in", () => {
    const changed = put(TERMS, ["rates", 0, "bands", 1, "per_unit"], "0.12");
    expect(changed).toBe(TERMS.replace('"0.10"', '"0.12"'));
    expect(put(TERMS, ["rates", 0, "bands", 1, "above"], "6000000")).toBe(
      TERMS.replace("5000000", "6000000"),
    );
    expect(put(TERMS, ["rates", 1, "product_weights", "tv"], "1")).toBe(TERMS.replace('"0.5"', '"1"'));
    expect(put(TERMS, ["programme", "basis"], "collected")).toBe(
      TERMS.replace("# of everything\n", '# of everything\nbasis = "collected"\n'),
    );
  });

  const CHANGES: readonly (readonly [Path, Plain | undefined])[] = [
    [["rates", 0, "id"], "mobiles"],
    [
      ["rates", 0, "products"],
      ["a", "b"],
    ],
    [["rates", 0, "bands", 2], { above: "9", per_unit: "0" }],
    [["rates", 0, "bands", 0], undefined],
    [["rates", 0, "bands", 1], undefined],
    [["rates", 0, "bands"], undefined],
    [["rates", 1, "new_key"], undefined],
    [
      ["rates", 1, "option"],
      ['"quoted"', "反斜杠\\"],
    ],
    [["rates", 1, "product_weights"], { tv: "1", phone: "2" }],
    [["rates", 1, "product_weights", "phone"], "2"],
    [["rates", 1], undefined],
    [["rates", 0], undefined],
    [["rates", 2], { id: "third", per_unit: "1" }],
    [["rates"], undefined],
    [["caps"], [{ id: "most", per_year: "1" }]],
    [["caps", 0], { id: "most", per_year: "1" }],
    [["programme", "royalty_bearing"], "in_force"],
    [["programme", "admin_fee_percent"], undefined],
    [["programme"], undefined],
    [["allocation", "shares", "research"], "5"],
    [["allocation", "shares", "upstream"], undefined],
    [["allocation", "within", "branches", 0, "to", "class_weights", "B"], "1"],
    [["allocation", "within", "branches", 1, "to", "by"], "coverage"],
    [["allocation", "within", "branches", 2], { share: "1", to: { by: "equal" } }],
    [["allocation", "within", "branches", 0], undefined],
    [["allocation", "within", "branches"], undefined],
    [["allocation", "within"], { by: "equal" }],
    [["allocation", "otherwise"], { by: "reserve", name: "x" }],
    [["allocation"], { by: "equal" }],
  ];

  function changedPlain(value: Plain, path: Path, to: Plain | undefined): Plain {
    const [step, ...rest] = path;
    if (step === undefined) return to as Plain;
    if (typeof step === "number") {
      const items = [...((value ?? []) as Plain[])];
      if (rest.length === 0 && to === undefined) items.splice(step, 1);
      else items[step] = changedPlain(items[step] as Plain, rest, to);
      return items;
    }
    const table = { ...((value ?? {}) as Record<string, Plain>) };
    if (rest.length === 0 && to === undefined) delete table[step];
    else table[step] = changedPlain(table[step] as Plain, rest, to);
    return table;
  }

  test.each(CHANGES)("means at %j what was put there, and all else what it did", (path, value) => {
    const expected = changedPlain(plain(TERMS), path, value) as Record<string, unknown>;
    const found = plain(put(TERMS, path, value)) as Record<string, unknown>;
    // A list without any item, and one that is not there, are the same.
    const whole = (document: Record<string, unknown>) => JSON.parse(JSON.stringify(document, sorted));
    if (Array.isArray(expected.rates) && expected.rates.length === 0) delete expected.rates;
    expect(whole(found)).toEqual(whole(expected));
  });

  test("keeps every comment where something is put", () => {
    for (const [path, value] of CHANGES) {
      if (value === undefined || typeof value !== "string") continue;
      expect(remarks(put(TERMS, path, value))).toEqual(remarks(TERMS));
    }
  });

  test("moves an entry with the comments above it", () => {
    const moved = swapped(TERMS, ["rates"], 0);
    expect((plain(moved) as { rates: { id: string }[] }).rates.map((rate) => rate.id)).toEqual([
      "old",
      "phones",
    ]);
    expect(moved.indexOf("# Kept for")).toBeLessThan(moved.indexOf("'old'"));
    expect(remarks(moved).sort()).toEqual(remarks(TERMS).sort());
    expect(plain(swapped(moved, ["rates"], 0))).toEqual(plain(TERMS));
    const branches = swapped(TERMS, ["allocation", "within", "branches"], 0);
    expect(plain(swapped(branches, ["allocation", "within", "branches"], 0))).toEqual(plain(TERMS));
  });

  test.each(["a", "a = ", "a = [1", 'a = "x', "[a", "a = 1\na = 2", "a = 1 2", "[a]\n[a]"])(
    "that is none is not edited: %s",
    (text) => {
      expect(() => readWritten(text)).toThrow(Unreadable);
    },
  );

  test("may begin with nothing", () => {
    const begun = put(put("", ["programme", "admin_fee_percent"], "5"), ["rates", 0], {
      id: "a",
      per_unit: "1",
    });
    expect(plain(put(begun, ["allocation", "by"], "equal"))).toEqual({
      programme: { admin_fee_percent: "5" },
      rates: [{ id: "a", per_unit: "1" }],
      allocation: { by: "equal" },
    });
  });
});

function sorted(_: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => one.localeCompare(other)));
}
