import { Button } from "antd";
import { type ReactNode, useEffect } from "react";
import { chooseLanguage, useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import styles from "./outside.module.css";
import { texts } from "./texts.ts";

interface Props {
  title: string;
  lead?: ReactNode;
  /** Whether there is more to fill in than a name and a password. */
  wide?: boolean;
  children?: ReactNode;
}

/** What surrounds the pages of those who are not signed in. */
export function Frame({ title, lead, wide = false, children }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const language = useLanguage();
  useEffect(() => {
    document.title = `${title} · ${w("name")}`;
  }, [title, w]);
  return (
    <div className={styles.frame}>
      <aside className={styles.brand}>
        <Rings />
        <p className={styles.brandName}>{w("name")}</p>
        <div>
          <p className={styles.brandLead}>{t("brand.lead")}</p>
          <p className={styles.brandText}>{t("brand.text")}</p>
        </div>
      </aside>
      <div className={styles.side}>
        <div className={styles.language}>
          <Button
            type="text"
            lang={language === "en" ? "zh-Hans" : "en"}
            onClick={() => void chooseLanguage(language === "en" ? "zh-CN" : "en")}
          >
            {language === "en" ? w("language.zh-CN") : w("language.en")}
          </Button>
        </div>
        <main className={wide ? styles.widePanel : styles.panel}>
          <h1 className={styles.title}>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
          {children}
        </main>
      </div>
    </div>
  );
}

/** The sign of the platform, large: rights of several owners that overlap in one pool. */
function Rings() {
  const places: [number, number][] = [
    [150, 168],
    [250, 168],
    [200, 254],
  ];
  return (
    <svg
      className={styles.rings}
      viewBox="0 0 400 420"
      aria-hidden="true"
      preserveAspectRatio="xMidYMid slice"
    >
      {places.map(([x, y]) =>
        [36, 58, 80, 102, 124].map((radius) => (
          <circle key={`${x}.${y}.${radius}`} cx={x} cy={y} r={radius} opacity={0.62 - radius / 260} />
        )),
      )}
    </svg>
  );
}
