import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const sources = import.meta.glob("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

const IMPORTS = /(?:from|import\()\s*"([^"]+)"/g;

/** Returns every import that crosses from one place of the tree to another it may not know. */
function forbidden(path: string, source: string): string[] {
  const feature = /^\.\.\/src\/features\/([^/]+)\//.exec(path)?.[1];
  const isShared = path.startsWith("../src/shared/");
  return [...source.matchAll(IMPORTS)]
    .map((found) => found[1] ?? "")
    .filter((name) => {
      const other = /^@\/features\/([^/]+)/.exec(name)?.[1];
      if (feature !== undefined) {
        return (
          (other !== undefined && other !== feature) || name.startsWith("@/app") || /\.\.\/\.\./.test(name)
        );
      }
      return isShared && (other !== undefined || name.startsWith("@/app"));
    });
}

describe("the tree", () => {
  it("lets features know what is shared and never each other, and what is shared neither", () => {
    const found = Object.entries(sources).flatMap(([path, source]) =>
      forbidden(path, String(source)).map((name) => `${path} imports ${name}`),
    );
    expect(found).toEqual([]);
  });

  it("would notice", () => {
    expect(forbidden("../src/features/seats/X.tsx", 'import { a } from "@/features/members";')).toHaveLength(
      1,
    );
    expect(forbidden("../src/shared/ui/X.tsx", 'import { a } from "@/app/session";')).toHaveLength(1);
    expect(forbidden("../src/features/seats/X.tsx", 'import { a } from "@/shared/ui";')).toHaveLength(0);
  });

  it("takes colours from the tokens only", () => {
    const folder = new URL("../src/", import.meta.url);
    const own = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".css"))
      // The brand on the pages of those who are not signed in looks the same in both themes.
      .filter((name) => !name.includes("shared/outside/"));
    const found = own.flatMap((name) =>
      [...readFileSync(new URL(name, folder), "utf8").matchAll(/#[0-9a-f]{3,8}\b/gi)].map(
        ([hit]) => `${name} ${hit}`,
      ),
    );
    expect(own.length).toBeGreaterThan(3);
    expect(found).toEqual([]);
  });
});
