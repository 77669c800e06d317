import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Checkbox, Tooltip } from "antd";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { keys, request } from "@/shared/api";
import { useLanguage, useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useLiveRows } from "@/shared/realtime";
import { CaretDownOutlined, CaretUpOutlined } from "@/shared/ui/icons";
import { Notice } from "@/shared/ui/Notice";
import { Empty, Failure, Skeleton } from "@/shared/ui/States";
import { FilterChips } from "./Filters.tsx";
import { ColumnChoice, ExportMenu, SavedViews } from "./Tools.tsx";
import styles from "./table.module.css";
import { texts } from "./texts.ts";
import type { BulkAction, Column, Filter, PageOf, View } from "./types.ts";
import { nextOrder, queryText, type Search, searchOf, shownColumns, viewOf } from "./view.ts";

const LISTENED_AT_MOST = 100;

export interface ListTableProps<Row extends { id: string }> {
  /** Where the rows come from, such as /api/v1/organisations. */
  path: string;
  columns: readonly Column<Row>[];
  filters?: readonly Filter[];
  /** Filters that the page sets and the reader cannot take off. */
  fixed?: Readonly<Record<string, string>>;
  defaultOrder: string;
  /** What a row is called, for those who hear the table. */
  nameOf: (row: Row) => string;
  /** Where a row leads. */
  addressOf?: (row: Row) => string;
  bulk?: readonly BulkAction<Row>[];
  /** The kind of thing a row is, to hear of its changes. */
  subjectType?: string;
  empty?: ReactNode;
  /** Lists inside an object's page: no views, and nothing of them in the address. */
  inner?: boolean;
  /** Whether it can be had as a file; lists that the server gives page by page only cannot. */
  exportable?: boolean;
  caption: string;
  pageSize?: number;
}

/** The one table of all lists: ordered and filtered by the server, its state in the address bar. */
export function ListTable<Row extends { id: string }>(props: ListTableProps<Row>) {
  const {
    path,
    columns,
    filters = [],
    fixed = {},
    defaultOrder,
    bulk = [],
    inner = false,
    exportable = true,
    pageSize = 50,
  } = props;
  const t = useTexts(texts);
  const w = useTexts(words);
  const client = useQueryClient();
  const [view, setView, replaceSearch] = useView(filters, defaultOrder, inner);
  const [exact, setExact] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const query = { ...view.filters, ...fixed, order: view.order };
  const list = useInfiniteQuery({
    queryKey: keys.list(path, { ...query, limit: pageSize }),
    queryFn: ({ pageParam, signal }) =>
      request<PageOf<Row>>("GET", path, {
        query: {
          ...query,
          limit: pageSize,
          after: pageParam ?? undefined,
        } as Record<string, string | number | undefined>,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const first = list.data?.pages[0];
  // Rows are there before they are counted: counting has to look at all of them.
  const count = exact ? "exact" : "bounded";
  const counting = useQuery({
    queryKey: [...keys.list(path, query), count],
    queryFn: ({ signal }) =>
      request<PageOf<Row>>("GET", path, {
        query: { ...query, limit: 1, count } as Record<string, string | number | undefined>,
        signal,
      }),
    enabled: first?.total_is_exact === false && !list.isPlaceholderData,
  });
  const counted = first?.total_is_exact === false ? (counting.data ?? first) : first;
  const left = counting.data && counted ? counted.total - rows.length : pageSize;
  const shown = shownColumns(columns, view.columns);
  const live = useLiveRows(
    props.subjectType,
    rows.slice(0, LISTENED_AT_MOST).map((row) => row.id),
  );
  const refresh = () => {
    live.seen();
    void client.invalidateQueries({ queryKey: keys.lists(path) });
  };
  const body = useRef<HTMLTableSectionElement>(null);
  const onKeys = useRowKeys(body);
  const selected = rows.filter((row) => chosen.has(row.id));
  const isFiltered = Object.keys(view.filters).length > 0;

  if (list.isError && rows.length === 0) {
    return <Failure error={list.error} retry={() => void list.refetch()} />;
  }
  return (
    <div className={styles.frame}>
      <div className={styles.bar}>
        <FilterChips
          filters={filters}
          values={view.filters}
          onChange={(values) => {
            setChosen(new Set());
            setView({ ...view, filters: values });
          }}
        />
        <div className={styles.tools}>
          {!inner && (
            <SavedViews
              page={path.replace("/api/v1/", "")}
              query={queryText(view, filters, defaultOrder)}
              onChoose={replaceSearch}
            />
          )}
          <ColumnChoice
            columns={columns}
            shown={shown.map((column) => column.key)}
            onChange={(keysChosen) => setView({ ...view, columns: keysChosen })}
          />
          {exportable && <ExportMenu path={path} query={query} />}
        </div>
      </div>
      {live.changed.size > 0 && (
        <Notice
          kind="attention"
          action={
            <Button size="small" onClick={refresh}>
              {w("refresh")}
            </Button>
          }
        >
          {t("changed", { count: live.changed.size })}
        </Notice>
      )}
      {selected.length > 0 && (
        <BulkBar rows={selected} actions={bulk} onClear={() => setChosen(new Set())} onDone={refresh} />
      )}
      <div className={styles.scroll} data-stale={list.isPlaceholderData || undefined}>
        <table className={styles.table} role="table" aria-busy={list.isPending}>
          <caption className="visually-hidden">{props.caption}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {bulk.length > 0 && (
                <th role="columnheader" scope="col" className={styles.check}>
                  <Checkbox
                    aria-label={t("select.all")}
                    checked={rows.length > 0 && selected.length === rows.length}
                    indeterminate={selected.length > 0 && selected.length < rows.length}
                    onChange={(event) =>
                      setChosen(event.target.checked ? new Set(rows.map((row) => row.id)) : new Set())
                    }
                  />
                </th>
              )}
              {shown.map((column) => (
                <Head
                  key={column.key}
                  column={column}
                  order={view.order}
                  onOrder={(order) => setView({ ...view, order })}
                />
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup" ref={body} onKeyDown={onKeys}>
            {list.isPending
              ? [0, 1, 2, 3, 4, 5, 6, 7].map((place) => (
                  <tr role="row" key={place}>
                    {shown.map((column) => (
                      <td role="cell" key={column.key} className={styles.waiting}>
                        <Skeleton width={column.main ? "60%" : "40%"} />
                      </td>
                    ))}
                  </tr>
                ))
              : rows.map((row) => (
                  <RowLine
                    key={row.id}
                    row={row}
                    columns={shown}
                    selectable={bulk.length > 0}
                    isSelected={chosen.has(row.id)}
                    hasChanged={live.changed.has(row.id)}
                    nameOf={props.nameOf}
                    {...(props.addressOf ? { address: props.addressOf(row) } : {})}
                    onSelect={(on) => setChosen(toggled(chosen, row.id, on))}
                  />
                ))}
          </tbody>
        </table>
        {!list.isPending && rows.length === 0 && (
          <div className={styles.empty}>
            {isFiltered ? (
              <Empty
                title={t("empty.title")}
                action={
                  <Button onClick={() => setView({ ...view, filters: {} })}>{t("filter.clear")}</Button>
                }
              >
                {t("empty.filtered")}
              </Empty>
            ) : (
              (props.empty ?? <Empty />)
            )}
          </div>
        )}
      </div>
      <Foot
        shown={rows.length}
        total={Math.max(counted?.total ?? 0, rows.length)}
        isExact={counted?.total_is_exact ?? true}
        isCounting={counting.isFetching}
        isPending={list.isPending}
        onCount={() => setExact(true)}
        more={
          list.hasNextPage && (
            <Button size="small" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t("rows.more", { count: Math.min(pageSize, Math.max(1, left)) })}
            </Button>
          )
        }
      />
    </div>
  );
}

function toggled(chosen: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const after = new Set(chosen);
  if (on) after.add(id);
  else after.delete(id);
  return after;
}

function useView(
  filters: readonly Filter[],
  defaultOrder: string,
  inner: boolean,
): [View, (view: View) => void, (query: string) => void] {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const [own, setOwn] = useState<Search>({});
  const present = inner ? own : search;
  const put = useCallback(
    (after: Search) => {
      if (inner) setOwn(after);
      else void navigate({ to: ".", search: after as never, replace: true });
    },
    [inner, navigate],
  );
  const view = viewOf(present, filters, defaultOrder);
  return [
    view,
    (after) => put(searchOf(after, present, filters, defaultOrder)),
    (query) => put(Object.fromEntries(new URLSearchParams(query))),
  ];
}

/** j and k walk over the rows, whose links Enter opens as everywhere. */
function useRowKeys(body: React.RefObject<HTMLTableSectionElement | null>) {
  return useCallback(
    (event: React.KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
      if (step === 0 || (event.target as HTMLElement).matches("input:not([type=checkbox]), textarea")) return;
      const links = [...(body.current?.querySelectorAll<HTMLElement>("[data-row-link]") ?? [])];
      const here = links.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
      links[Math.max(0, Math.min(links.length - 1, here + step))]?.focus();
      event.preventDefault();
    },
    [body],
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  order: string;
  onOrder: (order: string) => void;
}

function Head<Row>({ column, order, onOrder }: HeadProps<Row>) {
  const t = useTexts(texts);
  const name = column.order;
  const direction = order === name ? "ascending" : order === `-${name}` ? "descending" : undefined;
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={direction}
      className={column.numeric ? styles.numeric : undefined}
      style={{ width: column.width }}
    >
      {name === undefined ? (
        column.title
      ) : (
        <Tooltip title={t("sort.by", { title: column.title })} mouseEnterDelay={0.6}>
          <button type="button" className={styles.sort} onClick={() => onOrder(nextOrder(order, name))}>
            {column.title}
            <span className={styles.sortMark} data-on={direction !== undefined || undefined}>
              {direction === "descending" ? (
                <CaretDownOutlined aria-hidden />
              ) : (
                <CaretUpOutlined aria-hidden />
              )}
            </span>
          </button>
        </Tooltip>
      )}
    </th>
  );
}

interface RowLineProps<Row extends { id: string }> {
  row: Row;
  columns: readonly Column<Row>[];
  selectable: boolean;
  isSelected: boolean;
  hasChanged: boolean;
  nameOf: (row: Row) => string;
  address?: string;
  onSelect: (on: boolean) => void;
}

function RowLine<Row extends { id: string }>(props: RowLineProps<Row>) {
  const { row, columns, selectable, isSelected, hasChanged, nameOf, address, onSelect } = props;
  const t = useTexts(texts);
  return (
    <tr role="row" data-selected={isSelected || undefined} data-changed={hasChanged || undefined}>
      {selectable && (
        <td role="cell" className={styles.check}>
          <Checkbox
            aria-label={t("select.row", { name: nameOf(row) })}
            checked={isSelected}
            onChange={(event) => onSelect(event.target.checked)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          role="cell"
          key={column.key}
          data-label={column.title}
          className={[column.numeric ? styles.numeric : "", column.main ? styles.main : ""].join(" ")}
        >
          {column.main && address !== undefined ? (
            <Link to={address} className={styles.rowLink} data-row-link>
              {column.render(row)}
            </Link>
          ) : (
            column.render(row)
          )}
          {column.main && hasChanged && <span className={styles.changed}>{t("changed.row")}</span>}
        </td>
      ))}
    </tr>
  );
}

interface BulkBarProps<Row> {
  rows: readonly Row[];
  actions: readonly BulkAction<Row>[];
  onClear: () => void;
  onDone: () => void;
}

/** What can be done with the chosen rows: with how many, and why not with the others. */
function BulkBar<Row>({ rows, actions, onClear, onDone }: BulkBarProps<Row>) {
  const t = useTexts(texts);
  return (
    <div className={styles.bulk} role="status">
      <span>{t("select.count", { count: rows.length })}</span>
      {actions.map((action) => {
        const able = rows.filter((row) => action.refusal?.(row) === undefined);
        const reasons = [...new Set(rows.flatMap((row) => action.refusal?.(row) ?? []))];
        const button = (
          <Button
            size="small"
            danger={action.danger ?? false}
            disabled={able.length === 0}
            onClick={() => void Promise.resolve(action.run(able)).then(onClear).then(onDone)}
          >
            {action.label} ({able.length})
          </Button>
        );
        return (
          <span key={action.key} className={styles.bulkAction}>
            {button}
            {able.length < rows.length && (
              <span className={styles.bulkWhy}>
                {t("select.some", {
                  able: able.length,
                  refused: rows.length - able.length,
                  why: reasons.join(" "),
                })}
              </span>
            )}
          </span>
        );
      })}
      <Button size="small" type="text" onClick={onClear}>
        {t("select.clear")}
      </Button>
    </div>
  );
}

interface FootProps {
  shown: number;
  total: number;
  isExact: boolean;
  isCounting: boolean;
  isPending: boolean;
  onCount: () => void;
  more: ReactNode;
}

function Foot({ shown, total, isExact, isCounting, isPending, onCount, more }: FootProps) {
  const t = useTexts(texts);
  const language = useLanguage();
  if (isPending) {
    return (
      <div className={styles.foot}>
        <Skeleton width={80} />
      </div>
    );
  }
  if (total === 0) return null;
  return (
    <div className={styles.foot}>
      <span>
        {isExact
          ? t("rows", { count: total, formatParams: { count: { lng: language } } })
          : t("rows.many", { count: total })}
        {shown < total && <> · {t("rows.shown", { shown: shown.toLocaleString(language) })}</>}
      </span>
      {!isExact && !isCounting && (
        <Button size="small" type="link" onClick={onCount}>
          {t("rows.count")}
        </Button>
      )}
      {more}
    </div>
  );
}
