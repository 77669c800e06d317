import { useRouter } from "@tanstack/react-router";
import { App, Dropdown } from "antd";
import { useState } from "react";
import { asProblem, useMe } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { CheckOutlined, SwapOutlined } from "@/shared/ui/icons";
import { loadMe, switchSeat } from "../session.ts";
import { Mark } from "./Mark.tsx";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

/** For whom one acts; whoever has several seats changes here, in this tab only. */
export function SeatSwitcher() {
  const t = useTexts(texts);
  const w = useTexts(words);
  const me = useMe();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const router = useRouter();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const acting = me.seats.find((seat) => seat.id === me.seat);
  const roles = [...new Set(me.roles.map((held) => w.maybe(`role.${held.role}`)))].join(" · ");

  const choose = async (id: string) => {
    const chosen = me.seats.find((seat) => seat.id === id);
    if (!chosen || id === me.seat) return;
    setBusy(true);
    try {
      await switchSeat(id);
      await loadMe();
      await router.navigate({ to: "/" });
      await router.invalidate();
      void message.success(t("seat.switched", { name: chosen.organisation_name }));
    } catch (error) {
      void message.error(asProblem(error).message);
    } finally {
      setBusy(false);
    }
  };

  const shown = (
    <>
      <Mark />
      <span className={styles.seatText}>
        <span className={styles.seatName}>
          {acting ? organisationName(acting.organisation, acting.organisation_name) : w("name")}
        </span>
        <span className={styles.seatRole}>{roles || spoken(acting?.title ?? "") || t("seat.none")}</span>
      </span>
    </>
  );
  if (me.seats.length < 2) {
    return (
      <div className={styles.seat}>
        <span className="visually-hidden">{t("seat.acting")}</span>
        {shown}
      </div>
    );
  }
  return (
    <Dropdown
      trigger={["click"]}
      disabled={busy}
      menu={{
        selectedKeys: me.seat ? [me.seat] : [],
        items: me.seats.map((seat) => ({
          key: seat.id,
          icon: (
            <CheckOutlined style={{ visibility: seat.id === me.seat ? "visible" : "hidden" }} aria-hidden />
          ),
          label: (
            <span className={styles.seatOption}>
              <span>{organisationName(seat.organisation, seat.organisation_name)}</span>
              {seat.title && <span className={styles.seatRole}>{spoken(seat.title)}</span>}
            </span>
          ),
        })),
        onClick: ({ key }) => void choose(key),
      }}
    >
      <button type="button" className={`${styles.seat} ${styles.seatButton}`} data-testid="seat-switcher">
        <span className="visually-hidden">{t("seat.switch")}</span>
        {shown}
        <SwapOutlined aria-hidden className={styles.seatSwap ?? ""} />
      </button>
    </Dropdown>
  );
}
