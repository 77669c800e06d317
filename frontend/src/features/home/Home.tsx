import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { type ReactNode, useState } from "react";
import { asProblem, keys, request, useMe } from "@/shared/api";
import { Amount, Deadline, Figure as FigureText, Instant, Ratio } from "@/shared/format";
import { LaterEventText } from "@/shared/history/later";
import { useTexts } from "@/shared/i18n";
import { useCalled, useSpoken } from "@/shared/names";
import { pageOf } from "@/shared/subjects";
import { ArrowDownOutlined, ArrowUpOutlined } from "@/shared/ui/icons";
import { Notice } from "@/shared/ui/Notice";
import { Page, Panel } from "@/shared/ui/Page";
import { StateMark } from "@/shared/ui/StateMark";
import { Empty, Failure, Skeleton } from "@/shared/ui/States";
import {
  byUrgency,
  type Changed,
  type Figure,
  growth,
  type HomeDocument,
  placeOf,
  textOf,
  type Waiting,
} from "./documents.ts";
import styles from "./home.module.css";
import { texts } from "./texts.ts";

const PATH = "/api/v1/home";

/** What is mine to do, what changed, and how the figures stand. */
export function Home() {
  const t = useTexts(texts);
  const me = useMe();
  const spoken = useSpoken();
  const home = useQuery({
    queryKey: keys.object(PATH, "own"),
    queryFn: ({ signal }) => request<HomeDocument>("GET", PATH, { signal }),
    staleTime: 0,
  });
  const acting = me.seats.find((seat) => seat.id === me.seat);
  return (
    <Page
      title={t("title")}
      subtitle={acting && `${spoken(me.name)} · ${spoken(acting.title || acting.organisation_name)}`}
    >
      {acting?.waits && (
        <Notice kind="attention">
          <p>{t("seat.waits")}</p>
        </Notice>
      )}
      {home.isError ? (
        <Failure error={home.error} retry={() => void home.refetch()} />
      ) : (
        <>
          <div className={styles.columns}>
            <WaitingPanel rows={home.data?.waiting} />
            <ChangedPanel rows={home.data?.changed} since={home.data?.since} />
          </div>
          <Figures rows={home.data?.figures} />
        </>
      )}
    </Page>
  );
}

function Lines({ count }: { count: number }) {
  return (
    <ul className={styles.rows} aria-busy="true">
      {Array.from({ length: count }, (_, place) => place).map((place) => (
        <li key={place} className={styles.row}>
          <Skeleton width="60%" />
        </li>
      ))}
    </ul>
  );
}

function WaitingPanel({ rows }: { rows: Waiting[] | undefined }) {
  const t = useTexts(texts);
  return (
    <Panel flush title={t("waiting")} extra={rows && rows.length > 0 && <Count>{rows.length}</Count>}>
      {rows === undefined ? (
        <Lines count={4} />
      ) : rows.length === 0 ? (
        <Empty title={t("waiting.none")}>{t("waiting.none.text")}</Empty>
      ) : (
        <ul className={styles.rows}>
          {byUrgency(rows).map((row) => (
            <WaitingRow key={row.id} row={row} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Count({ children }: { children: ReactNode }) {
  return <span className={styles.count}>{children}</span>;
}

function WaitingRow({ row }: { row: Waiting }) {
  const t = useTexts(texts);
  const called = useCalled();
  const place = placeOf(row);
  const words = t.maybe(`kind.${row.kind}`);
  return (
    <li className={styles.row}>
      <div className={styles.rowText}>
        <p className={styles.rowTitle}>
          {place ? (
            <Link to={place.to} search={place.search as never}>
              {words}
            </Link>
          ) : (
            words
          )}
          <span className={styles.rowSubject}>{called(row.title)}</span>
        </p>
        <p className={styles.rowNote}>
          <WaitingDetail detail={row.detail} />
          {row.since && (
            <span>
              {t("since")} <Instant at={row.since} />
            </span>
          )}
        </p>
      </div>
      {row.due_on ? (
        <Deadline day={row.due_on} />
      ) : (
        <StateMark standing={row.severity}>{t(row.severity)}</StateMark>
      )}
    </li>
  );
}

/** The few values of something that waits which help to decide what to do first. */
function WaitingDetail({ detail }: { detail: Record<string, unknown> }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const minor = detail.distributed_minor ?? detail.held_minor ?? detail.open_minor ?? detail.total_minor;
  const currency = textOf(detail.currency);
  return (
    <>
      {minor !== undefined && currency && <Amount minor={textOf(minor)} currency={currency} />}
      {detail.calculated_by !== undefined && (
        <span>{t("detail.calculated_by", { name: spoken(textOf(detail.calculated_by)) })}</span>
      )}
      {detail.count !== undefined && <span>{t("detail.count", { number: textOf(detail.count) })}</span>}
      {detail.first_month !== undefined && (
        <span>
          {t("detail.months", { first: textOf(detail.first_month), last: textOf(detail.last_month) })}
        </span>
      )}
      {textOf(detail.close_waits) && (
        <span>{t("detail.close_waits", { period: textOf(detail.close_waits) })}</span>
      )}
      {textOf(detail.sent_back_reason) && <span>{textOf(detail.sent_back_reason)}</span>}
    </>
  );
}

/** So many that the figures below still stand on the first screen. */
const CHANGED_AT_FIRST = 6;

function ChangedPanel({ rows, since }: { rows: Changed[] | undefined; since: string | undefined }) {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [all, setAll] = useState(false);
  const seen = useMutation({
    mutationFn: () => request("PUT", `${PATH}/seen`),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.object(PATH, "own") }),
    onError: (error) => void message.error(asProblem(error).message),
  });
  return (
    <Panel
      flush
      title={t("changed")}
      extra={
        rows &&
        rows.length > 0 && (
          <Button size="small" type="text" loading={seen.isPending} onClick={() => seen.mutate()}>
            {t("changed.seen")}
          </Button>
        )
      }
    >
      {rows === undefined ? (
        <Lines count={4} />
      ) : rows.length === 0 ? (
        <Empty title={t("changed.none")}>
          {since && (
            <>
              {t("since")} <Instant at={since} />
            </>
          )}
        </Empty>
      ) : (
        <ul className={styles.rows}>
          {rows.slice(0, all ? rows.length : CHANGED_AT_FIRST).map((row) => (
            <ChangedRow key={`${row.text_key}${row.subject_id}${row.at}`} row={row} />
          ))}
          {!all && rows.length > CHANGED_AT_FIRST && (
            <li className={styles.row}>
              <Button size="small" type="link" onClick={() => setAll(true)}>
                {t("changed.all", { number: rows.length })}
              </Button>
            </li>
          )}
        </ul>
      )}
    </Panel>
  );
}

function ChangedRow({ row }: { row: Changed }) {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const called = useCalled();
  const address = pageOf(row.subject_type, row.subject_id);
  const text = t.maybe(`event.${row.text_key}`, {}, "") || <LaterEventText kind={row.text_key} />;
  const period = [textOf(row.values.programme), textOf(row.values.period)].filter(Boolean).join(" ");
  const about = textOf(row.values.title) || period;
  return (
    <li className={styles.row}>
      <div className={styles.rowText}>
        <p className={styles.rowTitle}>
          {address ? <Link to={address}>{text}</Link> : text}
          {about && <span className={styles.rowSubject}>{called(about)}</span>}
        </p>
        <p className={styles.rowNote}>
          {textOf(row.values.by) && <span>{spoken(textOf(row.values.by))}</span>}
          {row.values.amount_minor !== undefined && (
            <Amount minor={textOf(row.values.amount_minor)} currency={textOf(row.values.currency)} />
          )}
          <Instant at={row.at} relative />
        </p>
      </div>
    </li>
  );
}

/** So many that they stand in two rows at most: somebody may owe in several currencies. */
const FIGURES_AT_MOST = 8;

function Figures({ rows }: { rows: Figure[] | undefined }) {
  const t = useTexts(texts);
  if (rows === undefined || rows.length === 0) return null;
  return (
    <section className={styles.figures} aria-label={t("figures")}>
      {rows.slice(0, FIGURES_AT_MOST).map((row) => (
        <FigureCard key={`${row.key}${row.unit}${row.link}`} row={row} />
      ))}
    </section>
  );
}

function FigureCard({ row }: { row: Figure }) {
  const t = useTexts(texts);
  const about = [textOf(row.values.programme), textOf(row.values.period)].filter(Boolean).join(" ");
  const contents = (
    <>
      <span className={styles.figureLabel}>
        {t.maybe(`figure.${row.key}`)} {about && <span>{about}</span>}
      </span>
      <span className={styles.figureValue}>
        <FigureAmount value={row.value} unit={row.unit} />
      </span>
      <span className={styles.figureBefore}>
        <Beside row={row} />
      </span>
    </>
  );
  return row.link ? (
    <Link to={row.link} className={styles.figure}>
      {contents}
    </Link>
  ) : (
    <div className={styles.figure}>{contents}</div>
  );
}

/** What helps to read a figure: by when it is to be done, what of it is overdue, or what it was last time. */
function Beside({ row }: { row: Figure }) {
  const t = useTexts(texts);
  if (row.due_on !== null) {
    return (
      <>
        {row.values.first_month !== undefined && (
          <span>
            {t("figure.next", {
              licence: textOf(row.values.licence),
              first: textOf(row.values.first_month),
              last: textOf(row.values.last_month),
            })}
          </span>
        )}
        <Deadline day={row.due_on} />
      </>
    );
  }
  if (typeof row.values.overdue_minor === "number") {
    if (row.values.overdue_minor === 0) return t("figure.none_overdue");
    return (
      <StateMark standing="overdue">
        {t("figure.overdue")} <FigureAmount value={row.values.overdue_minor} unit={row.unit} />
      </StateMark>
    );
  }
  return <Previous row={row} />;
}

function Previous({ row }: { row: Figure }) {
  const t = useTexts(texts);
  const grown = growth(row);
  if (row.previous === null) return t("previous.none");
  return (
    <>
      {t("previous")} <FigureAmount value={row.previous} unit={row.unit} />
      {grown !== null && (
        <span className={styles.grown}>
          {grown < 0 ? <ArrowDownOutlined aria-hidden /> : <ArrowUpOutlined aria-hidden />}
          {grown < 0 ? "−" : "+"}
          <Ratio value={Math.abs(grown)} digits={1} />
        </span>
      )}
    </>
  );
}

function FigureAmount({ value, unit }: { value: number; unit: string }) {
  return /^[A-Z]{3}$/.test(unit) ? <Amount minor={value} currency={unit} /> : <FigureText value={value} />;
}
