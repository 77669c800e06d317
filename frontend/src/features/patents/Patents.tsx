import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { type Patent, useRoles } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { ListTable } from "@/shared/table";
import { Empty, Page } from "@/shared/ui";
import { FileTextOutlined } from "@/shared/ui/icons";
import { useSeesCharts } from "./charts/queries.ts";
import { useKeepsRecords } from "./differences/opening.tsx";
import { ForceMark } from "./force.tsx";
import { ownsOn } from "./owners.ts";
import styles from "./patents.module.css";
import { texts } from "./texts.ts";

export const PATH = "/api/v1/patents";
export const SUBJECT = "patents.patent";

const STANDINGS = ["in_force", "pending", "ended"] as const;

/** The patents the acting seat may see; a million of them behave, since the server orders, filters and pages. */
export function Patents() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const names = useCloseNames();
  const owners = useOwners();
  const isOffice = useRoles().has("secretariat");
  const keeps = useKeepsRecords();
  const seesCharts = useSeesCharts();
  return (
    <Page
      title={t("title")}
      subtitle={t("lead")}
      primary={
        <span className={styles.links}>
          <Link to={"/patents/portfolio" as never}>{t("portfolio")}</Link>
          {keeps && <Link to={"/differences?state=open" as never}>{t("differences")}</Link>}
          {isOffice && (
            <Link to="/imports">
              <Button icon={<FileTextOutlined aria-hidden />}>{t("imports")}</Button>
            </Link>
          )}
        </span>
      }
    >
      <ListTable<Patent>
        path={PATH}
        caption={t("title")}
        defaultOrder="publication"
        subjectType={SUBJECT}
        nameOf={(row) => row.publication}
        addressOf={(row) => `/patents/${row.id}`}
        empty={<Empty title={t("empty")} />}
        filters={[
          { name: "q", label: t("words") },
          { name: "applicant", label: t("applicant") },
          { name: "symbol", label: t("symbol") },
          {
            name: "standing",
            label: t("force"),
            choices: STANDINGS.map((value) => ({ value, label: t(`standing.${value}`) })),
          },
          ...(seesCharts ? [{ name: "standard", label: t("standard") }] : []),
          { name: "country", label: t("country") },
          { name: "publication", label: t("publication") },
        ]}
        columns={[
          {
            key: "publication",
            title: t("publication"),
            main: true,
            order: "publication",
            render: (row) => row.publication,
          },
          { key: "title", title: t("name"), render: (row) => spoken(row.title ?? "") || "–" },
          {
            key: "country",
            title: t("country"),
            order: "country",
            render: (row) => names.country(row.country),
          },
          { key: "family", title: t("family"), render: (row) => <code>{row.family_code}</code> },
          { key: "owners", title: t("owners"), render: owners },
          { key: "force", title: t("force"), render: (row) => <ForceMark patent={row} /> },
          {
            key: "granted",
            title: t("granted"),
            extra: true,
            render: (row) => <CalendarDay day={row.granted_on} />,
          },
          { key: "ends", title: t("ends"), render: (row) => <CalendarDay day={row.ends_on} /> },
        ]}
      />
    </Page>
  );
}

/** Names those who own it now; who did before stands on its page. */
export function useOwners(): (patent: Pick<Patent, "owners">) => string {
  const organisationName = useOrganisationName();
  return ({ owners }) => {
    const today = todayHere();
    const now = owners.filter((owner) => ownsOn(today, owner));
    return now.map((owner) => organisationName(owner.owner_id, owner.owner_name)).join(" · ") || "–";
  };
}
