import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { keys, type Portfolio as PortfolioDocument, request } from "@/shared/api";
import { barsOption, Chart, columnsOption, heightOf, tilesHeight, tilesOption } from "@/shared/charts";
import { formatDay } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName } from "@/shared/names";
import { useCloseNames } from "@/shared/royalties";
import { FilterChips } from "@/shared/table/Filters";
import { Empty, Page } from "@/shared/ui";
import { texts as patentTexts } from "../texts.ts";
import { placesOf } from "./places.ts";
import styles from "./portfolio.module.css";
import { texts } from "./texts.ts";

const PATH = "/api/v1/patents/portfolio";
const SHOWN = 12;
const COLUMNS_HEIGHT = 260;

/** What the patents one may see look like together, narrowed as their list is. */
export function Portfolio() {
  const t = useTexts(texts);
  const p = useTexts(patentTexts);
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const filters = Object.fromEntries(
    ["country", "publication"].flatMap((name) => (search[name] ? [[name, search[name]]] : [])),
  ) as Record<string, string>;
  const { data } = useSuspenseQuery({
    queryKey: keys.list(PATH, filters),
    queryFn: ({ signal }) => request<PortfolioDocument>("GET", PATH, { query: filters, signal }),
  });
  return (
    <Page
      title={t("title")}
      subtitle={t("lead", { count: data.patents, day: formatDay(data.on) })}
      trail={[{ label: p("title"), to: "/patents" }]}
    >
      <div className={styles.tools}>
        <FilterChips
          filters={[
            { name: "country", label: t("country") },
            { name: "publication", label: t("publication") },
          ]}
          values={filters}
          onChange={(values) =>
            void navigate({
              to: ".",
              search: { country: values.country, publication: values.publication } as never,
              replace: true,
            })
          }
        />
      </div>
      {data.patents === 0 ? <Empty title={t("empty")} /> : <Pictures data={data} />}
    </Page>
  );
}

function Pictures({ data }: { data: PortfolioDocument }) {
  return (
    <div className={styles.pictures}>
      <Years years={data.filed} what="filed" />
      <Years years={data.granted} what="granted" />
      <Curve years={data.in_force} />
      <Where rows={data.countries} />
      <Countries rows={data.countries} />
      <Classes rows={data.subclasses} />
      <Owners rows={data.owners} />
    </div>
  );
}

type Year = PortfolioDocument["filed"][number];

function mostOf<Row extends { patents: number }>(rows: readonly Row[]): Row | undefined {
  return rows.reduce<Row | undefined>(
    (most, row) => (most && most.patents >= row.patents ? most : row),
    undefined,
  );
}

function columnsOf(years: readonly Year[]) {
  return years.map(({ year, patents }) => ({
    key: String(year),
    label: String(year),
    value: patents,
    text: String(patents),
  }));
}

function Years({ years, what }: { years: readonly Year[]; what: "filed" | "granted" }) {
  const t = useTexts(texts);
  const most = mostOf(years);
  if (most === undefined) return null;
  return (
    <Chart
      finding={t(`${what}.finding`, { year: most.year, count: most.patents })}
      about={t(`${what}.about`)}
      option={(look) => columnsOption(look, columnsOf(years), t("patents"))}
      height={COLUMNS_HEIGHT}
      table={yearTable(years, t("year"), t("patents"))}
      file={`patents-${what}`}
    />
  );
}

function yearTable(years: readonly Year[], year: string, count: string) {
  return {
    columns: [{ title: year }, { title: count, numeric: true }],
    rows: years.map((row) => [String(row.year), String(row.patents)]),
  };
}

function Curve({ years }: { years: readonly Year[] }) {
  const t = useTexts(texts);
  const [first] = years;
  // The year by whose end half of them are left, or the last one known.
  const half = years.find((row) => first && row.patents * 2 <= first.patents) ?? years[years.length - 1];
  if (first === undefined || half === undefined || first.patents === 0) return null;
  return (
    <Chart
      finding={t("curve.finding", { count: first.patents, year: half.year, left: half.patents })}
      about={t("curve.about")}
      option={(look) => columnsOption(look, columnsOf(years), t("patents"))}
      height={COLUMNS_HEIGHT}
      table={yearTable(years, t("year"), t("left"))}
      file="patents-in-force"
    />
  );
}

function Where({ rows }: { rows: PortfolioDocument["countries"] }) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const inForce = new Map(rows.filter((row) => row.in_force > 0).map((row) => [row.country, row.in_force]));
  if (inForce.size === 0) return null;
  const tiles = placesOf([...inForce.keys()]).map(({ code, column, row }) => {
    const value = inForce.get(code) ?? 0;
    return { label: code, column, row, value, text: String(value) };
  });
  return (
    <Chart
      finding={t("map.finding", { count: inForce.size })}
      about={t("map.about")}
      option={(look) => tilesOption(look, tiles)}
      height={tilesHeight(tiles)}
      table={{
        columns: [{ title: t("country") }, { title: t("in_force"), numeric: true }],
        rows: [...inForce].map(([code, count]) => [names.country(code), String(count)]),
      }}
      file="patents-in-force-map"
    />
  );
}

function Countries({ rows }: { rows: PortfolioDocument["countries"] }) {
  const t = useTexts(texts);
  const names = useCloseNames();
  const [most] = rows;
  if (most === undefined) return null;
  const shown = rows.filter((row) => row.in_force > 0).slice(0, SHOWN);
  return (
    <Chart
      finding={t("countries.finding", { country: names.country(most.country), count: most.in_force })}
      about={t("countries.about")}
      option={(look) =>
        barsOption(
          look,
          shown.map((row) => ({
            key: row.country,
            label: names.country(row.country),
            value: row.in_force,
            text: String(row.in_force),
          })),
          t("patents"),
        )
      }
      height={heightOf(shown.length)}
      table={{
        columns: [
          { title: t("country") },
          { title: t("in_force"), numeric: true },
          { title: t("pending"), numeric: true },
          { title: t("ended"), numeric: true },
        ],
        rows: rows.map((row) => [
          names.country(row.country),
          String(row.in_force),
          String(row.pending),
          String(row.ended),
        ]),
      }}
      file="patents-by-country"
    />
  );
}

function Classes({ rows }: { rows: PortfolioDocument["subclasses"] }) {
  const t = useTexts(texts);
  const [most] = rows;
  if (most === undefined) return null;
  const shown = rows.slice(0, SHOWN);
  return (
    <Chart
      finding={t("classes.finding", { name: most.subclass, count: most.patents })}
      about={t("classes.about")}
      option={(look) =>
        barsOption(
          look,
          shown.map((row) => ({
            key: row.subclass,
            label: row.subclass,
            value: row.patents,
            text: String(row.patents),
          })),
          t("patents"),
        )
      }
      height={heightOf(shown.length)}
      table={{
        columns: [{ title: t("subclass") }, { title: t("patents"), numeric: true }],
        rows: rows.map((row) => [row.subclass, String(row.patents)]),
      }}
      file="patents-by-class"
    />
  );
}

function Owners({ rows }: { rows: PortfolioDocument["owners"] }) {
  const t = useTexts(texts);
  const organisationName = useOrganisationName();
  const [most] = rows;
  if (most === undefined) return null;
  const nameOf = (row: PortfolioDocument["owners"][number]) => organisationName(row.owner_id, row.owner_name);
  const shown = rows.slice(0, SHOWN);
  return (
    <Chart
      finding={t("owners.finding", { name: nameOf(most), parts: most.parts })}
      about={t("owners.about")}
      option={(look) =>
        barsOption(
          look,
          shown.map((row) => ({
            key: row.owner_id,
            label: nameOf(row),
            value: Number(row.parts),
            text: row.parts,
          })),
          t("patents"),
        )
      }
      height={heightOf(shown.length)}
      table={{
        columns: [
          { title: t("owner") },
          { title: t("parts"), numeric: true },
          { title: t("with_others"), numeric: true },
        ],
        rows: rows.map((row) => [nameOf(row), row.parts, String(row.patents)]),
      }}
      file="patents-by-owner"
    />
  );
}
