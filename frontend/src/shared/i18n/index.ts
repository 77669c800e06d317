import i18next, { type TOptions } from "i18next";
import { useCallback } from "react";
import { initReactI18next, useTranslation } from "react-i18next";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the server calls our languages. */
export const SERVER_CODE: Record<Language, "zh-hans" | "en"> = { "zh-CN": "zh-hans", en: "en" };

const COOKIE = "django_language";

type Words = Record<string, string>;
/** `rows_one` and `rows_other` are one text, asked for as `rows`. */
type Base<Key> = Key extends `${infer Name}_one` | `${infer Name}_other` ? Name : Key;

/** The texts of one area in both languages; English has exactly the texts that Chinese has. */
export interface Texts<Key extends string = string> {
  readonly area: string;
  readonly zh: Words;
  readonly en: Words;
  /** Only for the type: the names of the texts. */
  readonly key?: Key;
}

const defined = new Map<string, Texts>();

/** Declares the texts of an area, side by side, so that neither language is forgotten. */
export function defineTexts<const Zh extends Words, const En extends Words>(
  area: string,
  texts: { zh: Zh; en: En & Record<Exclude<Base<keyof Zh>, Base<keyof En>> & string, never> },
): Texts<Base<keyof Zh> & string> {
  const made: Texts<Base<keyof Zh> & string> = { area, zh: texts.zh, en: texts.en };
  defined.set(area, made);
  if (i18next.isInitialized) put(made);
  return made;
}

export type Translate<Key extends string> = ((key: Key, values?: TOptions) => string) & {
  /** Translates a name that came from the server; one we do not know is shown as it is. */
  maybe: (key: string, values?: TOptions, otherwise?: string) => string;
};

// Our own types are stricter than the library's, and far quicker to check.
type Plain = (key: string, values: TOptions) => string;

/** Returns the function that says the texts of an area in the reader's language. */
export function useTexts<Key extends string>(texts: Texts<Key>): Translate<Key> {
  const { t, i18n } = useTranslation(texts.area);
  const say = useCallback((key: Key, values?: TOptions) => (t as unknown as Plain)(key, values ?? {}), [t]);
  const maybe = useCallback(
    (key: string, values?: TOptions, otherwise?: string) =>
      i18n.exists(key, { ns: texts.area, ...values })
        ? (t as unknown as Plain)(key, values ?? {})
        : (otherwise ?? key),
    [t, i18n, texts.area],
  );
  return Object.assign(say, { maybe });
}

/** Says a text outside of a component. */
export function say<Key extends string>(texts: Texts<Key>, key: Key, values?: TOptions): string {
  return (i18next.t as unknown as Plain)(key, { ns: texts.area, ...values });
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return asLanguage(i18n.language);
}

export function currentLanguage(): Language {
  return asLanguage(i18next.language);
}

/** Names one after the other, with the mark that the reader's language puts between them. */
export function listed(parts: readonly string[]): string {
  return parts.join(currentLanguage() === "en" ? ", " : "、");
}

export function asLanguage(code: string | null | undefined): Language {
  return code?.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

/** Speaks another language from now on, also after the next visit to this machine. */
export async function chooseLanguage(language: Language): Promise<void> {
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it, and the Cookie Store API is not everywhere.
  document.cookie = `${COOKIE}=${SERVER_CODE[language]}; path=/; max-age=31536000; samesite=lax`;
  await i18next.changeLanguage(language);
  document.documentElement.lang = htmlLanguage(language);
}

export function htmlLanguage(language: Language): string {
  return language === "zh-CN" ? "zh-Hans" : "en";
}

export async function startTexts(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: [],
    resources: {},
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    showSupportNotice: false,
  } as Parameters<typeof i18next.init>[0]);
  for (const texts of defined.values()) put(texts);
  document.documentElement.lang = htmlLanguage(language);
}

/** Every area's texts that were loaded, for the tests that compare the languages. */
export function allTexts(): readonly Texts[] {
  return [...defined.values()];
}

function put(texts: Texts): void {
  i18next.addResourceBundle("zh-CN", texts.area, texts.zh, false, true);
  i18next.addResourceBundle("en", texts.area, texts.en, false, true);
}
