import { Link } from "@tanstack/react-router";
import { useRoles } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useOpenStaffSession } from "@/shared/staff";
import { placesFor } from "../navigation.tsx";
import styles from "./shell.module.css";
import { texts } from "./texts.ts";

export function SideNav() {
  const t = useTexts(texts);
  const roles = useRoles();
  const staff = useOpenStaffSession();
  return (
    <nav aria-label={t("nav.label")} className={styles.nav}>
      {placesFor(roles, staff !== undefined).map((group) => (
        <div key={group.key} className={styles.navGroup}>
          {group.label && <p className={styles.navTitle}>{t(group.label)}</p>}
          <ul>
            {group.places.map((place) => (
              <li key={place.to}>
                <Link
                  to={place.to}
                  className={styles.navLink}
                  activeProps={{ "aria-current": "page" }}
                  activeOptions={{ exact: place.to === "/", includeSearch: false }}
                >
                  {place.icon}
                  <span>{t(place.label)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
