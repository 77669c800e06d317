import { describe, expect, it } from "vitest";
import { allTexts } from "@/shared/i18n";

// Every file of texts there is, so that none is forgotten here.
const files = import.meta.glob(["../src/**/texts.ts", "../src/**/words.ts", "../src/**/fields.ts"], {
  eager: true,
});

const HAN = /\p{Script=Han}/u;
const PLURAL = /_(one|other)$/;
const base = (key: string) => key.replace(PLURAL, "");
/** What each language calls itself stays in that language everywhere. */
const OWN_NAMES = new Set(["words language.zh-CN", "words language.en", "shell language.switch"]);
/** Punctuation is written in no script. */
const PUNCTUATION = new Set(["royalties separator"]);
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();

describe("the texts of both languages", () => {
  it("are found, all of them", () => {
    expect(Object.keys(files).length).toBeGreaterThan(5);
    expect(allTexts().length).toBe(Object.keys(files).length);
  });

  for (const texts of allTexts()) {
    describe(texts.area, () => {
      it("have the same names", () => {
        const zh = new Set(Object.keys(texts.zh).map(base));
        const en = new Set(Object.keys(texts.en).map(base));
        expect([...en].sort()).toEqual([...zh].sort());
      });

      it("are all filled in, in their own language", () => {
        for (const [key, text] of Object.entries(texts.zh)) {
          expect(text.trim(), key).not.toBe("");
          const name = `${texts.area} ${key}`;
          if (!OWN_NAMES.has(name) && !PUNCTUATION.has(name)) expect(text, key).toMatch(HAN);
        }
        for (const [key, text] of Object.entries(texts.en)) {
          expect(text.trim(), key).not.toBe("");
          if (!OWN_NAMES.has(`${texts.area} ${key}`)) expect(text, key).not.toMatch(HAN);
        }
      });

      it("put in the same values", () => {
        for (const [key, text] of Object.entries(texts.en)) {
          const other = texts.zh[key] ?? texts.zh[`${base(key)}_other`] ?? "";
          expect(placeholders(other), key).toEqual(placeholders(text));
        }
      });

      it("count in the forms each language has", () => {
        for (const key of Object.keys(texts.zh)) expect(key).not.toMatch(/_one$/);
        for (const key of Object.keys(texts.en)) {
          if (key.endsWith("_one")) expect(texts.en).toHaveProperty([`${base(key)}_other`]);
        }
      });
    });
  }
});
