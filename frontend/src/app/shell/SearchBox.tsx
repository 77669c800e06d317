import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { keys, request } from "@/shared/api";
import { type Language, useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { pageOf } from "@/shared/subjects";
import { SearchOutlined } from "@/shared/ui/icons";
import styles from "./shell.module.css";
import { SEARCH_ID } from "./shortcuts.ts";
import { texts } from "./texts.ts";

interface Found {
  type: string;
  id: string;
  title: string;
  detail: Record<string, unknown>;
}

const WAIT_MS = 180;

/** One box for everything that has a number or a name. */
export function SearchBox() {
  const t = useTexts(texts);
  const language = useLanguage();
  const navigate = useNavigate();
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [awaited, setAwaited] = useState("");
  const query = useSettled(text.trim());
  const search = useQuery({
    meta: { told: true },
    queryKey: keys.list("/api/v1/search", { q: query }),
    queryFn: ({ signal }) =>
      request<{ items: Found[] }>("GET", "/api/v1/search", { query: { q: query }, signal }),
    enabled: query.length > 0,
  });
  const items = useDeferredValue(search.data?.items ?? []).filter(
    (item) => pageOf(item.type, item.id) !== null,
  );
  const isShown = isOpen && query.length > 0 && (search.isSuccess || search.isError);

  const go = (item: Found | undefined) => {
    const address = item && pageOf(item.type, item.id);
    if (!address) return;
    setOpen(false);
    setText("");
    input.current?.blur();
    void navigate({ to: address });
  };
  useEffect(() => {
    if (awaited === "" || awaited !== query || !search.isSuccess) return;
    setAwaited("");
    go(search.data.items.find((item) => pageOf(item.type, item.id) !== null));
  });
  const onKeyDown = (event: React.KeyboardEvent) => {
    // While characters are being put together, these keys are the input method's.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((before) => (items.length === 0 ? 0 : (before + step + items.length) % items.length));
    } else if (event.key === "Enter") {
      // Until what was typed has been looked for, the hits are those of something else.
      if (text.trim() === query && search.isSuccess) go(items[at]);
      else setAwaited(text.trim());
    } else if (event.key === "Escape") {
      if (text === "") input.current?.blur();
      setText("");
      setOpen(false);
    }
  };

  return (
    <search className={styles.search}>
      <SearchOutlined aria-hidden className={styles.searchIcon ?? ""} />
      <input
        ref={input}
        id={SEARCH_ID}
        type="text"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        aria-label={t("search.label")}
        aria-expanded={isShown}
        aria-controls={list}
        aria-activedescendant={isShown && items[at] ? `${list}-${at}` : undefined}
        placeholder={t("search.label")}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAwaited("");
          setAt(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <kbd aria-hidden className={styles.searchKey}>
        /
      </kbd>
      <div className={styles.found} hidden={!isShown}>
        <p role="status" className={items.length > 0 ? "visually-hidden" : styles.foundNone}>
          {search.isError
            ? t("search.failed")
            : items.length === 0
              ? t("search.none", { query })
              : t("search.results", { count: items.length })}
        </p>
        <div role="listbox" id={list} aria-label={t("search.hint")}>
          {items.map((item, index) => (
            <div
              key={`${item.type}:${item.id}`}
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className={styles.foundItem}
              onMouseDown={(event) => {
                event.preventDefault();
                go(item);
              }}
              onMouseEnter={() => setAt(index)}
            >
              <span className={styles.foundTitle}>{titleOf(item, language)}</span>
              <span className={styles.foundDetail}>
                {detailOf(item, t.maybe(`found.${item.type}`, {}, ""))}
              </span>
            </div>
          ))}
        </div>
      </div>
    </search>
  );
}

/** The name of what was found, in the reader's language where it has one. */
function titleOf({ title, detail }: Found, language: Language): string {
  return nameIn(language, detail as { name_zh?: string; name_en?: string }) || title;
}

const SHOWN = ["code", "country", "application", "title", "programme", "period", "email"];

/** The kind of what was found, and what tells it from others of its name. */
function detailOf({ title, detail }: Found, kind: string): string {
  const values = SHOWN.map((name) => detail[name]).filter(
    (value): value is string => typeof value === "string" && value !== "" && value !== title,
  );
  return [kind, ...values].filter(Boolean).join(" · ");
}

/** Returns a text once nobody has changed it for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
