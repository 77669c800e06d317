import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Select } from "antd";
import { useState } from "react";
import {
  asProblem,
  keys,
  type Problem,
  request,
  type TermsDifference,
  type TermsDifferences,
  type TermsVersion,
  useIntention,
  useRoles,
} from "@/shared/api";
import { useLanguage, useTexts } from "@/shared/i18n";
import { Failure, FormProblem, Panel, Skeleton } from "@/shared/ui";
import styles from "./programmes.module.css";
import { texts } from "./texts.ts";

const PATH = "/api/v1/terms-versions";
const AREAS: readonly TermsDifference["area"][] = [
  "programme",
  "rates",
  "waivers",
  "caps",
  "minimums",
  "allocation",
];

/** What a version changes, in words, against the one it follows or another; a draft is published from here. */
export function Differences({
  version,
  versions,
}: {
  version: TermsVersion;
  versions: readonly TermsVersion[];
}) {
  const t = useTexts(texts);
  const [against, setAgainst] = useState<string>();
  const others = versions.filter((other) => other.id !== version.id);
  const asked = others.some((other) => other.id === against) ? against : undefined;
  const query = asked ? { against: asked } : {};
  const found = useQuery({
    queryKey: [...keys.object(PATH, version.id), "differences", query],
    queryFn: ({ signal }) =>
      request<TermsDifferences>("GET", `${PATH}/${version.id}/differences`, { query, signal }),
  });
  const compared = found.data?.against;
  return (
    <Panel title={t("differences")}>
      <Publication version={version} />
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Skeleton height={80} />}
      {found.data && !compared && <p>{t("differences.first")}</p>}
      {compared && (
        <>
          <div className={styles.versions}>
            <span className={styles.note}>{t("differences.against")}</span>
            <Select
              aria-label={t("differences.against")}
              className={styles.version ?? ""}
              value={compared.id}
              onChange={setAgainst}
              options={others.map((other) => ({
                value: other.id,
                label: t(other.published_at ? "version.label" : "version.draft", {
                  number: other.number,
                  day: other.in_force_from,
                }),
              }))}
            />
          </div>
          <Told differences={found.data?.differences ?? []} />
        </>
      )}
    </Panel>
  );
}

/** What differs, by where. */
export function Told({ differences }: { differences: readonly TermsDifference[] }) {
  const t = useTexts(texts);
  const language = useLanguage();
  if (differences.length === 0) return <p>{t("differences.none")}</p>;
  return AREAS.map((area) => {
    const here = differences.filter((difference) => difference.area === area);
    if (here.length === 0) return null;
    return (
      <section key={area} className={styles.told}>
        <h3>{t(`area.${area}`)}</h3>
        <ul>
          {here.map((difference) => (
            <li key={difference.text_en}>{language === "en" ? difference.text_en : difference.text_zh}</li>
          ))}
        </ul>
      </section>
    );
  });
}

/** What stands against a publication, and then each licence that it would bill otherwise. */
function reasons(problem: Problem): readonly string[] {
  return problem.errors.length > 0 ? [problem.detail, ...problem.errors.map((error) => error.message)] : [];
}

/** Publishing a draft, for the office: asked once more, and refused in words where a licence keeps its price. */
export function Publication({ version }: { version: TermsVersion }) {
  const t = useTexts(texts);
  const roles = useRoles();
  const client = useQueryClient();
  const intention = useIntention();
  const { modal, message } = App.useApp();
  const [problem, setProblem] = useState<Problem | null>(null);
  if (!roles.has("secretariat") || !version.allowed_steps.includes("publish")) return null;
  const publish = async () => {
    const agreed = await modal.confirm({
      title: t("publish.title", { number: version.number }),
      content: t("publish.text", { day: version.in_force_from }),
      okText: t("publish"),
    });
    if (!agreed) return;
    setProblem(null);
    try {
      await request("POST", `${PATH}/${version.id}/publication`, { key: intention.keyFor(version.id) });
      intention.done();
      void message.success(t("publish.done"));
    } catch (error) {
      setProblem(asProblem(error));
    }
    await client.invalidateQueries({ queryKey: keys.everything() });
  };
  return (
    <>
      <FormProblem problem={problem} others={problem ? reasons(problem) : []} />
      <div className={styles.versions}>
        <Button type="primary" onClick={() => void publish()}>
          {t("publish")}
        </Button>
      </div>
    </>
  );
}
