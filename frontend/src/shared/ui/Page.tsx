import { Link } from "@tanstack/react-router";
import { Button, Dropdown, Tooltip } from "antd";
import { Fragment, type ReactNode, useEffect, useState } from "react";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import type { Live } from "@/shared/realtime";
import { EllipsisOutlined } from "@/shared/ui/icons";
import { useCopy } from "./copying.ts";
import { useKeptFocus } from "./focus.ts";
import { Notice } from "./Notice.tsx";
import { Withdrawn } from "./States.tsx";
import { texts } from "./texts.ts";
import styles from "./ui.module.css";

export interface Crumb {
  label: ReactNode;
  to: string;
}

export interface MenuAction {
  key: string;
  label: ReactNode;
  onClick: () => void;
  danger?: boolean;
  disabled?: boolean;
  icon?: ReactNode;
}

interface PageProps {
  title: string;
  /** What stands before the title in the browser's tab where the title alone says too little. */
  subtitle?: ReactNode;
  trail?: readonly Crumb[];
  id?: string;
  state?: ReactNode;
  /** The one thing most people come here to do. */
  primary?: ReactNode;
  menu?: readonly MenuAction[];
  live?: Live;
  /** Reads again what the page shows, and fails where that does. */
  onRefresh?: () => Promise<unknown>;
  children: ReactNode;
}

/** The frame of every page: where it is, what it is about, what can be done with it. */
export function Page({
  title,
  subtitle,
  trail,
  id,
  state,
  primary,
  menu,
  live,
  onRefresh,
  children,
}: PageProps) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const [busy, setBusy] = useState(false);
  const heading = useKeptFocus();
  const refresh = async () => {
    if (live === undefined || onRefresh === undefined) return;
    setBusy(true);
    await live.refresh(onRefresh);
    setBusy(false);
  };
  useEffect(() => {
    document.title = `${title} · ${w("name")}`;
  }, [title, w]);
  if (live?.withdrawn) {
    return (
      <div className={styles.page}>
        <Withdrawn />
      </div>
    );
  }
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.headText}>
          {trail && (
            <nav className={styles.trail} aria-label={t("trail")}>
              {trail.map((crumb) => (
                <Fragment key={crumb.to}>
                  <Link to={crumb.to}>{crumb.label}</Link>
                  <span aria-hidden>/</span>
                </Fragment>
              ))}
            </nav>
          )}
          <div className={styles.titleLine}>
            <h1 ref={heading} tabIndex={-1} className={styles.title}>
              {title}
            </h1>
            {state}
            {id && <ShortId id={id} />}
          </div>
          {subtitle && <p className={styles.subtitle}>{subtitle}</p>}
        </div>
        <div className={styles.actions}>
          {primary}
          {menu && menu.length > 0 && <MoreMenu items={menu} />}
        </div>
      </header>
      {live?.changed && (
        <Notice
          kind="attention"
          action={
            <Button size="small" loading={busy} onClick={() => void refresh()}>
              {t("changed.refresh")}
            </Button>
          }
        >
          {t("changed.text")}
        </Notice>
      )}
      {children}
    </div>
  );
}

export function MoreMenu({ items }: { items: readonly MenuAction[] }) {
  const t = useTexts(texts);
  return (
    <Dropdown
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: items.map(({ key, label, danger = false, disabled = false, icon }) => ({
          key,
          label,
          danger,
          disabled,
          icon,
        })),
        onClick: ({ key }) => items.find((item) => item.key === key)?.onClick(),
      }}
    >
      <Button icon={<EllipsisOutlined />} aria-label={t("more")} />
    </Dropdown>
  );
}

/** The last digits of an id, enough to tell two apart by phone; the whole one on a click. */
export function ShortId({ id }: { id: string }) {
  const t = useTexts(texts);
  const copy = useCopy();
  return (
    <Tooltip title={t("id.copy")}>
      <button
        type="button"
        className={styles.shortId}
        aria-label={`${t("id.copy")} ${id.slice(-6)}`}
        onClick={() => void copy(id)}
      >
        {id.slice(-6)}
      </button>
    </Tooltip>
  );
}

export interface Fact {
  key: string;
  label: ReactNode;
  value: ReactNode;
  note?: ReactNode;
}

/** Three to six facts that say how a thing stands. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ key, label, value, note }) => (
        <div className={styles.fact} key={key}>
          <dt>{label}</dt>
          <dd>
            {value}
            {note && <span className={styles.factNote}>{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export interface Pair {
  label: ReactNode;
  value: ReactNode;
}

/** Names and values under one another, for what there is to know besides the facts. */
export function Pairs({ pairs }: { pairs: readonly Pair[] }) {
  return (
    <dl className={styles.pairs}>
      {pairs.map(({ label, value }) => (
        <Fragment key={String(label)}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

interface PanelProps {
  title: ReactNode;
  extra?: ReactNode;
  note?: ReactNode;
  /** For tables, which bring their own margins. */
  flush?: boolean;
  children: ReactNode;
}

export function Panel({ title, extra, note, flush = false, children }: PanelProps) {
  return (
    <section className={styles.panel}>
      <div className={styles.panelHead}>
        <h2>{title}</h2>
        {extra}
      </div>
      <div className={flush ? styles.panelFlush : styles.panelBody}>
        {note && <p className={styles.panelNote}>{note}</p>}
        {children}
      </div>
    </section>
  );
}

/** Contents with a rail of people, dates and links at their right; below them where the screen is narrow. */
export function WithRail({ children, rail }: { children: ReactNode; rail: ReactNode }) {
  return (
    <div className={styles.columns}>
      <div>{children}</div>
      <aside>{rail}</aside>
    </div>
  );
}

export function RailGroup({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section>
      <h2 className={styles.railTitle}>{title}</h2>
      {children}
    </section>
  );
}
