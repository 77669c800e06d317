import { Link, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { type Membership, useRoles } from "@/shared/api";
import { useAllianceName } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { HistoryTab } from "@/shared/history";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { useLive } from "@/shared/realtime";
import { MembershipMark, useStanding } from "@/shared/standing";
import { Facts, Notice, Page, PageTabs } from "@/shared/ui";
import { Authorities } from "./Authorities.tsx";
import { Course } from "./Course.tsx";
import { SUBJECT, useIsOwn, useMembership, useSteps } from "./queries.ts";
import { Signed } from "./Signed.tsx";
import { StepDrawer } from "./StepDrawer.tsx";
import { GRAVE, sorted } from "./state.ts";
import { texts } from "./texts.ts";

/** One membership: how it stands, how it came to that, and what may be done with it now. */
export function Member() {
  const { id } = useParams({ strict: false }) as { id: string };
  const t = useTexts(texts);
  const w = useTexts(words);
  const organisationName = useOrganisationName();
  const allianceName = useAllianceName();
  const live = useLive(SUBJECT, id);
  const roles = useRoles();
  const found = useMembership(id);
  const [step, setStep] = useState<string | null>(null);
  const { data } = found.data;
  const isOwn = useIsOwn(data);
  const isOffice = roles.has("secretariat");
  const readsPapers = isOffice || (isOwn && roles.has("member_admin"));
  const { next, rest } = sorted(data.allowed_steps);
  const name = organisationName(data.organisation_id, data.organisation_name);
  const papers = { subjectType: SUBJECT, subjectId: id, mayAttach: readsPapers };
  return (
    <Page
      title={name}
      subtitle={allianceName(data.alliance_id, "")}
      trail={[{ label: t("title"), to: "/members" }]}
      id={data.id}
      state={<MembershipMark standing={data.standing} />}
      live={live}
      onRefresh={() => found.refetch({ throwOnError: true })}
      primary={
        next && (
          <Button type="primary" onClick={() => setStep(next)}>
            {t.maybe(`step.${next}`)}
          </Button>
        )
      }
      menu={rest.map((one) => ({
        key: one,
        label: t.maybe(`step.${one}`),
        danger: GRAVE.has(one),
        onClick: () => setStep(one),
      }))}
    >
      <Standing membership={data} isOffice={isOffice} />
      <Facts
        facts={[
          { key: "code", label: t("code"), value: <code>{data.code || "–"}</code> },
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
      <PageTabs
        tabs={[
          ...(readsPapers ? [{ key: "course", label: t("tab.course"), children: <Course id={id} /> }] : []),
          { key: "signed", label: t("tab.signed"), children: <Signed membership={data} /> },
          ...(readsPapers
            ? [
                {
                  key: "authorities",
                  label: t("tab.authorities"),
                  children: <Authorities membership={data} mayRecord={isOffice} />,
                },
                { key: "papers", label: t("tab.papers"), children: <Papers {...papers} /> },
              ]
            : []),
          {
            key: "history",
            label: t("tab.history"),
            children: <HistoryTab subjectType={SUBJECT} subjectId={id} />,
          },
        ]}
      />
      <StepDrawer step={step} membership={data} isOwn={isOwn} onClose={() => setStep(null)} />
    </Page>
  );
}

/** Says what the state alone does not: what comes later, what is lacking, and whose turn it is. */
function Standing({ membership, isOffice }: { membership: Membership; isOffice: boolean }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const say = useStanding();
  const steps = useSteps(membership.id);
  const last = steps.data?.items.at(-1);
  if (membership.state && membership.state !== membership.standing) {
    return (
      <Notice kind="attention">
        {t("later", {
          date: last?.effective_on ?? membership.leaves_on ?? membership.enters_on ?? "",
          state: say(membership.state),
        })}
      </Notice>
    );
  }
  if (!isOffice) return null;
  if (membership.state === "applied" && membership.on_behalf) return <Notice>{t("letter.first")}</Notice>;
  if (membership.state === "under_review" && !membership.allowed_steps.includes("admission")) {
    const review = steps.data?.items.find((one) => one.kind === "review");
    return <Notice kind="attention">{t("second.person", { name: spoken(review?.user_name ?? "–") })}</Notice>;
  }
  return null;
}
