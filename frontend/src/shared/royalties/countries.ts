import type { Language } from "@/shared/i18n";

const names = new Map<Language, Intl.DisplayNames>();

/** The name of a country in the reader's language; what is no country is shown as it is. */
export function countryName(code: string, language: Language): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  let known = names.get(language);
  if (known === undefined) {
    known = new Intl.DisplayNames([language], { type: "region", fallback: "code" });
    names.set(language, known);
  }
  return known.of(code) ?? code;
}
