import { expect, test } from "vitest";
import { placesOf } from "@/features/patents/portfolio/places";

const KNOWN = ["CA", "US", "MX", "BR", "GB", "DE", "FR", "CN", "KR", "JP", "TW", "IN", "AU", "ZA"];

test("countries keep their places to each other, and no row or column is left empty", () => {
  const places = new Map(placesOf(KNOWN).map((place) => [place.code, place]));
  const at = (code: string) => places.get(code) ?? { column: -1, row: -1 };

  expect(at("CA").row).toBeLessThan(at("US").row);
  expect(at("US").column).toBeLessThan(at("GB").column);
  expect(at("GB").column).toBeLessThan(at("DE").column);
  expect(at("CN").column).toBeLessThan(at("JP").column);
  expect(at("AU").row).toBeGreaterThan(at("CN").row);
  for (const axis of ["column", "row"] as const) {
    const taken = [...new Set([...places.values()].map((place) => place[axis]))].sort((a, b) => a - b);
    expect(taken).toEqual(taken.map((_, place) => place));
  }
});

test("no two countries share a tile, also where a place is not known", () => {
  const places = placesOf([...KNOWN, "EP", "WO", "XX"]);

  expect(new Set(places.map(({ column, row }) => `${column},${row}`)).size).toBe(KNOWN.length + 3);
  expect(placesOf(["EP", "WO"]).map(({ column, row }) => [column, row])).toEqual([
    [0, 0],
    [0, 1],
  ]);
});
