import { useNavigate } from "@tanstack/react-router";
import { App, Button, Dropdown } from "antd";
import { useMe } from "@/shared/api";
import { signOut } from "@/shared/auth";
import { chooseLanguage, useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import {
  BulbOutlined,
  LogoutOutlined,
  SettingOutlined,
  TranslationOutlined,
  UserOutlined,
} from "@/shared/ui/icons";
import { CHOICES, chooseTheme, type ThemeChoice, useThemeChoice } from "@/shared/ui/theme";
import { forgetEverything } from "../session.ts";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

/** The person, and how the screen speaks and looks. */
export function AccountMenu() {
  const t = useTexts(texts);
  const me = useMe();
  const language = useLanguage();
  const spoken = useSpoken();
  const themeChoice = useThemeChoice();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const leave = async () => {
    try {
      await signOut();
      forgetEverything();
      location.assign("/sign-in");
    } catch {
      // Nobody may go away believing that they are signed out.
      void message.error(t("sign_out.failed"));
    }
  };
  return (
    <>
      <Button
        type="text"
        className={styles.languageButton ?? ""}
        icon={<TranslationOutlined />}
        lang={language === "en" ? "zh-Hans" : "en"}
        onClick={() => void chooseLanguage(language === "en" ? "zh-CN" : "en")}
      >
        {t("language.switch")}
      </Button>
      <Dropdown
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          selectedKeys: [`theme.${themeChoice}`],
          items: [
            {
              key: "who",
              type: "group",
              label: (
                <span className={styles.who}>
                  <strong>{me.name}</strong>
                  <span>{me.email}</span>
                </span>
              ),
              children: [
                { key: "account", icon: <SettingOutlined />, label: t("account.settings") },
                {
                  key: "theme",
                  icon: <BulbOutlined />,
                  label: t("theme.label"),
                  children: CHOICES.map((choice) => ({
                    key: `theme.${choice}`,
                    label: t(`theme.${choice}`),
                  })),
                },
              ],
            },
            { type: "divider" },
            { key: "leave", icon: <LogoutOutlined />, label: t("account.sign_out") },
          ],
          onClick: ({ key }) => {
            if (key === "account") void navigate({ to: "/account" });
            else if (key === "leave") void leave();
            else if (key.startsWith("theme.")) chooseTheme(key.slice("theme.".length) as ThemeChoice);
          },
        }}
      >
        <Button type="text" icon={<UserOutlined />} aria-label={`${t("account.label")}: ${me.name}`}>
          <span className={styles.accountName}>{spoken(me.name)}</span>
        </Button>
      </Dropdown>
    </>
  );
}
