import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Checkbox } from "antd";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { keys, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { useLiveRows } from "@/shared/realtime";
import { Notice } from "@/shared/ui/Notice";
import { Empty, Failure, FailureLine, Skeleton } from "@/shared/ui/States";
import { FilterChips } from "./Filters.tsx";
import { BulkBar, Foot, Head, RowLine } from "./Parts.tsx";
import { ColumnChoice, ExportMenu, SavedViews } from "./Tools.tsx";
import styles from "./table.module.css";
import { texts } from "./texts.ts";
import type { BulkAction, Column, Filter, PageOf, View } from "./types.ts";
import { queryText, type Search, searchOf, shownColumns, viewOf } from "./view.ts";

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
  const refresh = () =>
    void live.refresh(() => client.invalidateQueries({ queryKey: keys.lists(path) }, { throwOnError: true }));
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
                    disabled={rows.length === 0}
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
      {list.isError && (
        <FailureLine
          error={list.error}
          what={t(list.isFetchNextPageError ? "rows.more.failed" : "rows.failed")}
          retry={() => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch())}
        />
      )}
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
