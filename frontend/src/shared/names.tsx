import { useQuery } from "@tanstack/react-query";
import { keys, type Organisation, request } from "@/shared/api";
import { type Language, useLanguage } from "@/shared/i18n";
import type { PageOf } from "@/shared/table";

interface Named {
  name_zh?: string | undefined;
  name_en?: string | undefined;
}

/** The name of something in the reader's language, in the other one where it has no other. */
export function nameIn(language: Language, thing: Named): string {
  const [first, second] = language === "en" ? [thing.name_en, thing.name_zh] : [thing.name_zh, thing.name_en];
  return first || second || "";
}

/** The name in the language that is not read, where there is one: it stands below the first. */
export function otherName(language: Language, thing: Named): string {
  const other = language === "en" ? thing.name_zh : thing.name_en;
  return other && other !== nameIn(language, thing) ? other : "";
}

const IN_BOTH = /^(.*[\u3400-\u9fff）]) ([A-Z0-9][^\u3400-\u9fff]*)$/;

/** A name that was given in both languages, the Chinese one first, in the reader's; any other as it is. */
export function spokenIn(language: Language, name: string): string {
  const both = IN_BOTH.exec(name);
  return both?.[language === "en" ? 2 : 1] ?? name;
}

export function useSpoken(): (name: string) => string {
  const language = useLanguage();
  return (name) => spokenIn(language, name);
}

const PAGES_AT_MOST = 5;
const SIZE = 200;

/** Reads the names of the organisations the acting seat may see, once for all lists that name them. */
async function readNames(signal: AbortSignal): Promise<Map<string, Named>> {
  const names = new Map<string, Named>();
  let after: string | undefined;
  for (let page = 0; page < PAGES_AT_MOST; page += 1) {
    const found: PageOf<Organisation> = await request("GET", "/api/v1/organisations", {
      query: { limit: SIZE, after },
      signal,
    });
    for (const one of found.items) names.set(one.id, one);
    if (found.next === null) break;
    after = found.next;
  }
  return names;
}

/** Returns a function that names an organisation in the reader's language, or as the server called it. */
export function useOrganisationName(): (id: string | null | undefined, otherwise: string) => string {
  const language = useLanguage();
  const names = useQuery({
    queryKey: [...keys.lists("/api/v1/organisations"), "names"],
    queryFn: ({ signal }) => readNames(signal),
    staleTime: 300_000,
  });
  return (id, otherwise) => {
    // Some answers name an organisation without its id, as the server calls it.
    const found = id ? names.data?.get(id) : named(names.data, otherwise);
    return (found && nameIn(language, found)) || otherwise;
  };
}

/**
 * Returns a function that says what something is called, be it an organisation, a name given in both languages, or
 * several of these with dots between them.
 */
export function useCalled(): (name: string) => string {
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const called = (name: string) => spoken(organisationName(null, name));
  return (name) => {
    const whole = called(name);
    return whole === name ? name.split(" · ").map(called).join(" · ") : whole;
  };
}

function named(names: ReadonlyMap<string, Named> | undefined, name: string): Named | undefined {
  if (name === "") return undefined;
  for (const one of names?.values() ?? []) if (one.name_zh === name || one.name_en === name) return one;
  return undefined;
}
