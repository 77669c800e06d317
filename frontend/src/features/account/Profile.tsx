import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Segmented } from "antd";
import { api, asProblem, keys, type Me, useMe } from "@/shared/api";
import { chooseLanguage, LANGUAGES, type Language, SERVER_CODE, useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Pairs, Panel } from "@/shared/ui";
import { CHOICES, chooseTheme, type ThemeChoice, useThemeChoice } from "@/shared/ui/theme";
import styles from "./account.module.css";
import { texts } from "./texts.ts";

export function Profile() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const language = useLanguage();
  const theme = useThemeChoice();
  const spoken = useSpoken();
  const organisationName = useOrganisationName();
  const client = useQueryClient();
  const { message } = App.useApp();
  const choose = useMutation({
    mutationFn: async (next: Language) => {
      await chooseLanguage(next);
      await api.PATCH("/api/v1/me", { body: { language: SERVER_CODE[next] } });
    },
    onSuccess: (_, next) =>
      client.setQueryData<Me>(keys.me(), (before) => before && { ...before, language: SERVER_CODE[next] }),
    onError: (error) => void message.error(asProblem(error).message),
  });
  return (
    <div className={styles.stack}>
      <Panel title={t("tab.profile")}>
        <Pairs
          pairs={[
            { label: t("name"), value: spoken(me.name) },
            { label: t("email"), value: me.email },
            {
              label: t("seats"),
              value: me.seats.map((seat) => (
                <div key={seat.id}>
                  {organisationName(seat.organisation, seat.organisation_name)}
                  {seat.title && ` · ${spoken(seat.title)}`}
                </div>
              )),
            },
          ]}
        />
      </Panel>
      <Panel title={t("language")} note={t("language.help")}>
        <Segmented<Language>
          aria-label={t("language")}
          value={language}
          options={LANGUAGES.map((code) => ({
            value: code,
            label: <span lang={code === "en" ? "en" : "zh-Hans"}>{w(`language.${code}`)}</span>,
          }))}
          onChange={(next) => choose.mutate(next)}
        />
      </Panel>
      <Panel title={t("theme")}>
        <Segmented<ThemeChoice>
          aria-label={t("theme")}
          value={theme}
          options={CHOICES.map((choice) => ({ value: choice, label: t(`theme.${choice}`) }))}
          onChange={chooseTheme}
        />
      </Panel>
    </div>
  );
}
