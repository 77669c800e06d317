import type { Language } from "@/shared/i18n";
import { countryName } from "@/shared/royalties/countries";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** What browsers have a name for and ISO 3166 does not list as a country. */
const NO_COUNTRIES: ReadonlySet<string> = new Set(
  [
    "AC",
    "AN",
    "BU",
    "CP",
    "CQ",
    "CS",
    "DD",
    "DG",
    "DY",
    "EA",
    "EU",
    "EZ",
    "FX",
    "HV",
    "IC",
    "NH",
    "NT",
  ].concat(["QO", "RH", "SU", "TA", "TP", "UK", "UN", "VD", "XA", "XB", "XK", "YD", "YU", "ZR", "ZZ"]),
);

/** The countries to choose from, by their names in the reader's language. */
export function countries(language: Language): { value: string; label: string }[] {
  const codes = [...LETTERS].flatMap((first) => [...LETTERS].map((second) => first + second));
  return codes
    .filter((code) => !NO_COUNTRIES.has(code))
    .map((code) => ({ value: code, label: countryName(code, language) }))
    .filter(({ value, label }) => label !== value)
    .sort((one, other) => one.label.localeCompare(other.label, language));
}
