import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, keys, takeVersion } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName } from "@/shared/names";
import { useLive } from "@/shared/realtime";
import { Facts, Page, StateMark } from "@/shared/ui";
import { STANDING, stateOf } from "./state.ts";
import { texts } from "./texts.ts";

const PATH = "/api/v1/memberships";

/** One membership: since when, in which segment, and how it stands. */
export function Member() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const live = useLive("memberships.membership", id);
  const found = useSuspenseQuery({
    queryKey: keys.object(PATH, id),
    queryFn: () =>
      takeVersion(
        api.GET("/api/v1/memberships/{membership_id}", { params: { path: { membership_id: id } } }),
      ),
  });
  const { data } = found.data;
  const state = stateOf(data);
  const name = organisationName(data.organisation_id, data.organisation_name);
  return (
    <Page
      title={name}
      trail={[{ label: t("title"), to: "/members" }]}
      id={data.id}
      state={<StateMark standing={STANDING[state]}>{t(`state.${state}`)}</StateMark>}
      live={live}
      onRefresh={() => {
        live.seen();
        void found.refetch();
      }}
    >
      <Facts
        facts={[
          { key: "code", label: t("code"), value: <code>{data.code}</code> },
          {
            key: "segment",
            label: t("segment"),
            value: w.maybe(`segment.${data.segment}`, {}, data.segment || "–"),
          },
          { key: "from", label: t("from"), value: <CalendarDay day={data.enters_on} /> },
          { key: "to", label: t("to"), value: <CalendarDay day={data.leaves_on} /> },
          {
            key: "organisation",
            label: w("organisation"),
            value: <Link to={`/organisations/${data.organisation_id}`}>{t("organisation")}</Link>,
          },
        ]}
      />
    </Page>
  );
}
