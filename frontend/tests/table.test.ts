import { describe, expect, it } from "vitest";
import { nameOf } from "@/shared/table/exporting";
import type { Column, Filter } from "@/shared/table/types";
import { nextOrder, queryText, searchOf, shownColumns, viewOf } from "@/shared/table/view";

const filters: Filter[] = [
  { name: "kind", label: "Kind" },
  { name: "country", label: "Country" },
];
const columns: Column<unknown>[] = [
  { key: "name", title: "Name", main: true, render: () => null },
  { key: "kind", title: "Kind", render: () => null },
  { key: "created", title: "Created", extra: true, render: () => null },
];

describe("a list's view", () => {
  it("is read from the address and written back to the same address", () => {
    const search = { kind: "bank", order: "-created", columns: "kind,created", tab: "seats" };
    const view = viewOf(search, filters, "name");
    expect(view).toEqual({ order: "-created", filters: { kind: "bank" }, columns: ["kind", "created"] });
    expect(searchOf(view, search, filters, "name")).toEqual({ ...search, country: undefined });
  });

  it("leaves out of the address what is as usual", () => {
    const view = { order: "name", filters: {}, columns: null };
    expect(queryText(view, filters, "name")).toBe("");
    expect(searchOf(view, { kind: "bank", order: "-name" }, filters, "name")).toEqual({
      kind: undefined,
      country: undefined,
      order: undefined,
      columns: undefined,
    });
  });

  it("has one text, in whatever order its filters were set", () => {
    const one = viewOf({ country: "CN", kind: "bank" }, filters, "name");
    const other = viewOf({ kind: "bank", country: "CN" }, filters, "name");
    expect(queryText(one, filters, "name")).toBe(queryText(other, filters, "name"));
  });

  it("does not take over what it does not know", () => {
    expect(viewOf({ evil: "1" }, filters, "name").filters).toEqual({});
  });

  it("always shows what the row is, and extra columns only when they are chosen", () => {
    expect(shownColumns(columns, null).map((column) => column.key)).toEqual(["name", "kind"]);
    expect(shownColumns(columns, ["created"]).map((column) => column.key)).toEqual(["name", "created"]);
  });

  it("turns the order round on the second click", () => {
    expect(nextOrder("code", "name")).toBe("name");
    expect(nextOrder("name", "name")).toBe("-name");
    expect(nextOrder("-name", "name")).toBe("name");
  });
});

describe("a file that is saved", () => {
  it.each([
    [`attachment; filename="rows.csv"; filename*=UTF-8''%E7%BB%84%E7%BB%87.csv`, "组织.csv"],
    ['attachment; filename="rows.csv"', "rows.csv"],
    ["attachment; filename=rows.csv", "rows.csv"],
    ["attachment", null],
    [null, null],
  ])("with the header %s is called %s", (header, name) => {
    expect(nameOf(header)).toBe(name);
  });
});
