import { useQuery } from "@tanstack/react-query";
import { keys, type MergerPreview as Preview, request } from "@/shared/api";
import { Figure } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { Failure, Notice, Skeleton } from "@/shared/ui";
import styles from "./organisations.module.css";
import { PATH } from "./queries.ts";
import { texts } from "./texts.ts";

const HINDRANCES = [
  { begins: "Nobody merges an organisation", text: "hindrance.own" },
  { begins: "They have different unified", text: "hindrance.codes" },
  { begins: "Somebody has a seat at both", text: "hindrance.seats" },
  { begins: "The same address is invited", text: "hindrance.invitations" },
  { begins: "Both are affiliated", text: "hindrance.affiliations" },
  { begins: "Both are members, or apply", text: "hindrance.members" },
  { begins: "Both were members", text: "hindrance.were" },
  { begins: "Both own the same patent", text: "hindrance.patents" },
  { begins: "A right was granted", text: "hindrance.grants" },
  { begins: "A clean-team undertaking", text: "hindrance.undertaking" },
] as const;

/** What stands against a merger, in the reader's language where it is one of the known reasons. */
function Hindrance({ words }: { words: string }) {
  const t = useTexts(texts);
  const known = HINDRANCES.filter(({ begins }) => words.includes(begins));
  if (known.length === 0) return <p lang="en">{words}</p>;
  return known.map(({ text }) => <p key={text}>{t(text)}</p>);
}

/** What merging one organisation into another would move, and what stands against it. */
export function MergerPreview({ kept, merged }: { kept: string; merged: string }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const found = useQuery({
    queryKey: keys.part(PATH, kept, "merger", { merged }),
    queryFn: ({ signal }) => request<Preview>("GET", `${PATH}/${kept}/merger`, { query: { merged }, signal }),
    retry: false,
    staleTime: 0,
  });
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={80} />;
  const { merged: organisation, moves, hindrance } = found.data;
  return (
    <section className={styles.preview} aria-label={t("preview")}>
      <h3>{t("preview.of", { name: nameIn(language, organisation) })}</h3>
      {moves.length === 0 ? (
        <p>{t("preview.none")}</p>
      ) : (
        <ul>
          {moves.map(({ what, count }) => (
            <li key={what}>
              <span>{t.maybe(`moves.${what}`)}</span>
              <Figure value={count} />
            </li>
          ))}
        </ul>
      )}
      {hindrance && (
        <Notice kind="overdue">
          <p>{t("preview.hindrance")}</p>
          <Hindrance words={hindrance} />
        </Notice>
      )}
    </section>
  );
}
