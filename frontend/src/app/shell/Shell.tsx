import { Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { useMe, useSeat, whenSignedOut } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useConnection } from "@/shared/realtime";
import { MenuOutlined, QuestionCircleOutlined } from "@/shared/ui/icons";
import { LockMark } from "@/shared/ui/Marks";
import { Notice } from "@/shared/ui/Notice";
import { Blank, PageLoading } from "@/shared/ui/States";
import { AccountMenu } from "./AccountMenu.tsx";
import { Notices } from "./Notices.tsx";
import { SearchBox } from "./SearchBox.tsx";
import { SeatSwitcher } from "./SeatSwitcher.tsx";
import { SideNav } from "./SideNav.tsx";
import { StaffBanner } from "./StaffBanner.tsx";
import styles from "./shell.module.css";
import { useShortcuts } from "./shortcuts.ts";
import { texts } from "./texts.ts";
import { Unread } from "./Unread.tsx";

// Both only once they are asked for, the first in a narrow window alone: a first page is quicker without.
const NavDrawer = lazy(() => import("./NavDrawer.tsx").then((found) => ({ default: found.NavDrawer })));
const KeyboardHelp = lazy(() =>
  import("./KeyboardHelp.tsx").then((found) => ({ default: found.KeyboardHelp })),
);

/** What surrounds every page of somebody who is signed in. */
export function Shell() {
  const t = useTexts(texts);
  const seat = useSeat();
  const me = useMe();
  const [isNavOpen, setNavOpen] = useState(false);
  const [wasNavOpen, setNavWasOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [wasHelpOpen, setHelpWasOpen] = useState(false);
  const place = useRouterState({ select: (state) => state.location.pathname });
  const openHelp = () => {
    setHelpWasOpen(true);
    setHelpOpen(true);
  };
  useShortcuts(openHelp);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes what was open over the page
  useEffect(() => setNavOpen(false), [place]);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#contents">
        {t("skip")}
      </a>
      <aside className={styles.side} aria-label={t("seat.acting")}>
        <SeatSwitcher />
        <SideNav />
        <div className={styles.sideFoot}>
          <Button
            type="text"
            size="small"
            icon={<QuestionCircleOutlined />}
            onClick={openHelp}
            className={styles.quiet ?? ""}
          >
            {t("keys.title")}
          </Button>
        </div>
      </aside>
      {wasNavOpen && (
        <Suspense fallback={null}>
          <NavDrawer open={isNavOpen} onClose={() => setNavOpen(false)} title={<SeatSwitcher />}>
            <SideNav />
          </NavDrawer>
        </Suspense>
      )}
      <div className={styles.main}>
        <header className={styles.top}>
          <Button
            className={styles.menuButton ?? ""}
            type="text"
            icon={<MenuOutlined />}
            aria-label={t("nav.open")}
            onClick={() => {
              setNavWasOpen(true);
              setNavOpen(true);
            }}
          />
          <SearchBox />
          <div className={styles.topEnd}>
            {seat && <Notices />}
            <AccountMenu />
          </div>
        </header>
        <Banners />
        <StaffBanner />
        <Unread />
        <main id="contents" tabIndex={-1} className={styles.contents} key={seat ?? "none"}>
          {me.seats.length === 0 && place !== "/account" ? (
            <Blank level={1} mark={<LockMark />} title={t("seat.none")}>
              <p>{t("seat.none.text")}</p>
            </Blank>
          ) : (
            <Suspense fallback={<PageLoading />}>
              <Outlet />
            </Suspense>
          )}
        </main>
      </div>
      {wasHelpOpen && (
        <Suspense fallback={null}>
          <KeyboardHelp open={isHelpOpen} onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** What concerns the whole page: no network, no live updates, no session. */
function Banners() {
  const t = useTexts(texts);
  const router = useRouter();
  const isOnline = useOnline();
  const connection = useLastingTrouble(useConnection());
  const [isSignedOut, setSignedOut] = useState(false);
  useEffect(() => whenSignedOut(() => setSignedOut(true)), []);
  const again = () => {
    location.assign(`/sign-in?next=${encodeURIComponent(router.state.location.href)}`);
  };
  if (isSignedOut) {
    return (
      <div className={styles.banner}>
        <Notice
          kind="attention"
          alert
          action={
            <Button size="small" type="primary" onClick={again}>
              {t("signed_out.action")}
            </Button>
          }
        >
          <strong>{t("signed_out")}</strong> {t("signed_out.text")}
        </Notice>
      </div>
    );
  }
  const text = !isOnline
    ? t("offline")
    : connection === "ended"
      ? t("live.ended")
      : connection && t("live.lost");
  if (!text) return null;
  return (
    <div className={styles.banner}>
      <Notice kind="attention">{text}</Notice>
    </div>
  );
}

function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const change = () => setOnline(navigator.onLine);
    addEventListener("online", change);
    addEventListener("offline", change);
    return () => {
      removeEventListener("online", change);
      removeEventListener("offline", change);
    };
  }, []);
  return isOnline;
}

const PATIENCE = 4_000;

/** Speaks of a broken connection only once it lasts: most come back before anybody would notice. */
function useLastingTrouble(state: ReturnType<typeof useConnection>): "waiting" | "ended" | null {
  const trouble =
    state === "ended" ? "ended" : state === "waiting" || state === "connecting" ? "waiting" : null;
  const [shown, setShown] = useState<typeof trouble>(null);
  useEffect(() => {
    if (trouble !== "waiting") {
      setShown(trouble);
      return undefined;
    }
    const timer = setTimeout(() => setShown("waiting"), PATIENCE);
    return () => clearTimeout(timer);
  }, [trouble]);
  return shown;
}
