/**
 * Terms as they are written: read with the place of everything, and changed where they stand.
 *
 * The text is what is kept. A change rewrites the characters of one value and leaves all others, so that comments, the
 * order and whatever the form does not know stay as somebody wrote them.
 */

export type Path = readonly (string | number)[];
export type Plain = string | boolean | readonly Plain[] | { readonly [key: string]: Plain };

interface Place {
  start: number;
  end: number;
}
export interface Leaf extends Place {
  kind: "leaf";
  type: "text" | "number" | "truth" | "other";
  value: string;
}
export interface List extends Place {
  kind: "list";
  /** Each of its tables has a heading of its own. */
  headed: boolean;
  items: Node[];
}
export interface Table extends Place {
  kind: "table";
  how: "root" | "headed" | "inline" | "implied";
  /** Where a further line belongs. */
  more: number;
  entries: Map<string, Entry>;
}
export type Node = Leaf | List | Table;
interface Entry {
  node: Node;
  /** The line or lines of the key and its value; the key and the value alone, where they stand in braces. */
  line: Place;
}
interface Heading {
  start: number;
  path: Path;
}
export interface Written {
  root: Table;
  headings: Heading[];
}

/** The text is not TOML as the form reads it; the document is edited by itself. */
export class Unreadable extends Error {
  readonly at: number;
  constructor(at: number) {
    super(`not readable at ${at}`);
    this.at = at;
  }
}

const BARE = /[A-Za-z0-9_-]+/y;
const REST = /[^\s,\]}#]+(?: \d{2}:[^\s,\]}#]+)?/y;

function emptyTable(how: Table["how"], start: number, end: number): Table {
  return { kind: "table", how, start, end, more: end, entries: new Map() };
}

class Reader {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  document(): Written {
    const root = emptyTable("root", 0, this.text.length);
    root.more = 0;
    if (this.text.startsWith("\ufeff")) this.at = root.more = 1;
    const headings: Heading[] = [];
    let table = root;
    for (this.blank(); this.at < this.text.length; this.blank()) {
      if (this.text[this.at] === "[") {
        table = this.heading(root, headings);
      } else {
        const start = this.at;
        this.pair(table, start, true);
        this.lineEnd();
        table.more = this.at;
      }
    }
    return { root, headings };
  }

  private fail(): never {
    throw new Unreadable(this.at);
  }

  /** Blanks, ends of lines and comments. */
  private blank(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const sign = this.text[this.at] ?? "";
      if (sign === "#") this.at = this.endOfLine() - 1;
      else if (!/[ \t\r\n]/.test(sign)) return;
    }
  }

  private endOfLine(): number {
    const found = this.text.indexOf("\n", this.at);
    return found < 0 ? this.text.length : found;
  }

  private gap(): void {
    while (this.text[this.at] === " " || this.text[this.at] === "\t") this.at += 1;
  }

  /** Nothing but a comment is left on the line, and what follows begins a new one. */
  private lineEnd(): void {
    this.gap();
    const rest = this.text.slice(this.at, this.endOfLine()).trim();
    if (rest !== "" && !rest.startsWith("#")) this.fail();
    this.at = Math.min(this.endOfLine() + 1, this.text.length);
  }

  private take(sign: string): boolean {
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) this.fail();
    this.at += found.length;
    return found;
  }

  private key(): string[] {
    const parts: string[] = [];
    do {
      this.gap();
      const quote = this.text[this.at];
      parts.push(quote === '"' || quote === "'" ? this.string() : this.match(BARE));
      this.gap();
    } while (this.take("."));
    return parts;
  }

  private heading(root: Table, headings: Heading[]): Table {
    const start = this.at;
    const inList = this.text.startsWith("[[", start);
    this.at += inList ? 2 : 1;
    const keys = this.key();
    if (!this.take(inList ? "]]" : "]")) this.fail();
    this.lineEnd();
    const path: (string | number)[] = [];
    let table = root;
    for (const key of keys.slice(0, -1)) {
      table = this.through(table, key, path, start);
    }
    const last = keys.at(-1) ?? "";
    path.push(last);
    const made = inList ? this.item(table, last, path, start) : this.opened(table, last, start);
    headings.push({ start, path });
    return made;
  }

  /** The table that a heading goes through on its way: of a list, the last one so far. */
  private through(table: Table, key: string, path: (string | number)[], start: number): Table {
    path.push(key);
    let next = table.entries.get(key)?.node;
    if (next?.kind === "list" && next.headed) {
      path.push(next.items.length - 1);
      next = next.items.at(-1);
    }
    if (next === undefined) {
      next = emptyTable("implied", start, this.at);
      table.entries.set(key, { node: next, line: { start, end: start } });
    }
    if (next.kind !== "table" || next.how === "inline") this.fail();
    return next;
  }

  private opened(table: Table, key: string, start: number): Table {
    const known = table.entries.get(key)?.node;
    if (known?.kind === "table" && known.how === "implied") {
      known.how = "headed";
      known.more = this.at;
      return known;
    }
    if (known !== undefined) this.fail();
    const made = emptyTable("headed", start, this.at);
    table.entries.set(key, { node: made, line: { start, end: start } });
    return made;
  }

  private item(table: Table, key: string, path: (string | number)[], start: number): Table {
    const known = table.entries.get(key)?.node;
    const list: Node = known ?? { kind: "list", headed: true, items: [], start, end: start };
    if (list.kind !== "list" || !list.headed) this.fail();
    table.entries.set(key, { node: list, line: { start, end: start } });
    const made = emptyTable("headed", start, this.at);
    path.push(list.items.length);
    list.items.push(made);
    return made;
  }

  private pair(into: Table, start: number, ownLine: boolean): void {
    const keys = this.key();
    if (!this.take("=")) this.fail();
    this.gap();
    let table = into;
    for (const key of keys.slice(0, -1)) {
      const known = table.entries.get(key)?.node;
      if (known !== undefined && (known.kind !== "table" || known.how !== "implied")) this.fail();
      const next = (known as Table | undefined) ?? emptyTable("implied", start, start);
      if (known === undefined) table.entries.set(key, { node: next, line: { start, end: start } });
      table = next;
    }
    const last = keys.at(-1) ?? "";
    if (table.entries.has(last)) this.fail();
    const node = this.value();
    const lineStart = ownLine ? this.text.lastIndexOf("\n", start - 1) + 1 : start;
    const end = ownLine ? Math.min(this.endOfLine() + 1, this.text.length) : node.end;
    table.entries.set(last, { node, line: { start: lineStart, end } });
  }

  private value(): Node {
    const start = this.at;
    const sign = this.text[start];
    if (sign === '"' || sign === "'") {
      const value = this.string();
      return { kind: "leaf", type: "text", value, start, end: this.at };
    }
    if (sign === "[") return this.list(start);
    if (sign === "{") return this.inline(start);
    const raw = this.match(REST);
    const type = /^[+-]?\d[\d_]*$/.test(raw)
      ? "number"
      : raw === "true" || raw === "false"
        ? "truth"
        : "other";
    const value = type === "number" ? raw.replaceAll("_", "").replace(/^\+/, "") : raw;
    return { kind: "leaf", type, value, start, end: this.at };
  }

  private list(start: number): List {
    this.at += 1;
    const items: Node[] = [];
    for (this.blank(); !this.take("]"); this.blank()) {
      if (this.at >= this.text.length) this.fail();
      items.push(this.value());
      this.blank();
      if (!this.take(",") && this.text[this.at] !== "]") this.fail();
    }
    return { kind: "list", headed: false, items, start, end: this.at };
  }

  private inline(start: number): Table {
    this.at += 1;
    const table = emptyTable("inline", start, start);
    for (this.gap(); !this.take("}"); this.gap()) {
      this.pair(table, this.at, false);
      this.gap();
      if (!this.take(",") && this.text[this.at] !== "}") this.fail();
    }
    table.end = this.at;
    return table;
  }

  private string(): string {
    const quote = this.text[this.at] ?? "";
    const isLong = this.text.startsWith(quote.repeat(3), this.at);
    const close = isLong ? quote.repeat(3) : quote;
    this.at += close.length;
    if (isLong) this.match(/\r?\n?/y);
    let found = "";
    while (!this.text.startsWith(close, this.at)) {
      const sign = this.text[this.at];
      if (sign === undefined || (!isLong && sign === "\n")) this.fail();
      if (sign === "\\" && quote === '"') found += this.escape(isLong);
      else {
        found += sign;
        this.at += 1;
      }
    }
    this.at += close.length;
    // Up to two more quotation marks may belong to a long text.
    for (let more = 0; isLong && more < 2 && this.take(quote); more += 1) found += quote;
    return found;
  }

  private escape(isLong: boolean): string {
    if (isLong && /^\\[ \t]*\r?\n/.test(this.text.slice(this.at, this.at + 200))) {
      this.match(/\\\s*/y);
      return "";
    }
    const code = /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(["\\bfnrt]))/.exec(
      this.text.slice(this.at, this.at + 10),
    );
    if (code === null) this.fail();
    this.at += code[0].length;
    const plain: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
    const letter = code[3];
    if (letter !== undefined) return plain[letter] ?? letter;
    const point = Number.parseInt(code[1] ?? code[2] ?? "", 16);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) this.fail();
    return String.fromCodePoint(point);
  }
}

/** Reads a document; throws Unreadable for what is not TOML. */
export function readWritten(text: string): Written {
  return new Reader(text).document();
}

/** What stands at a path; nothing where there is none. */
export function nodeAt(node: Node | undefined, path: Path): Node | undefined {
  let found = node;
  for (const step of path) {
    if (found?.kind === "table" && typeof step === "string") found = found.entries.get(step)?.node;
    else if (found?.kind === "list" && typeof step === "number") found = found.items[step];
    else return undefined;
  }
  return found;
}

export function plainOf(node: Node): Plain {
  if (node.kind === "leaf") return node.type === "truth" ? node.value === "true" : node.value;
  if (node.kind === "list") return node.items.map(plainOf);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainOf(entry.node)]));
}

/** A value as one writes it on a line. */
export function literal(value: Plain): string {
  if (typeof value === "boolean") return String(value);
  // JSON's escapes are TOML's, but for the delete character.
  if (typeof value === "string") return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, inner]) => `${keyText(key)} = ${literal(inner)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

const keyText = (key: string) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : literal(key));

const splice = (text: string, { start, end }: Place, put: string) =>
  text.slice(0, start) + put + text.slice(end);

/** The text with a value put at a path, or with nothing there any more; all else stays as it is written. */
export function put(text: string, path: Path, value: Plain | undefined): string {
  const written = readWritten(text);
  const last = path.at(-1);
  const above = path.slice(0, -1);
  const here = nodeAt(written.root, path);
  if (last === undefined) return text;
  if (value === undefined) return here === undefined ? text : without(text, written, path);
  if (here?.kind === "leaf") {
    const isNumber = here.type === "number" && typeof value === "string" && /^\d+$/.test(value);
    return splice(text, here, isNumber ? value : literal(value));
  }
  if (here !== undefined && !isHeaded(here)) return splice(text, here, literal(value));
  if (here !== undefined) return put(without(text, written, path), path, value);
  const parent = nodeAt(written.root, above);
  if (parent === undefined) return put(text, above, typeof last === "number" ? [value] : { [last]: value });
  if (parent.kind === "list") return added(text, written, above, parent, value);
  if (parent.kind === "leaf" || typeof last === "number")
    return splice(text, parent, literal({ [String(last)]: value }));
  return withKey(text, written, parent, above, last, value);
}

const isHeaded = (node: Node) =>
  (node.kind === "list" && node.headed) ||
  (node.kind === "table" && (node.how === "headed" || node.how === "implied"));

function withKey(
  text: string,
  written: Written,
  parent: Table,
  above: Path,
  key: string,
  value: Plain,
): string {
  const pair = `${keyText(key)} = ${literal(value)}`;
  if (parent.how === "inline") {
    const lastEntry = [...parent.entries.values()].at(-1);
    if (lastEntry === undefined) return splice(text, parent, `{ ${pair} }`);
    return splice(text, { start: lastEntry.line.end, end: lastEntry.line.end }, `, ${pair}`);
  }
  if (parent.how === "implied") {
    const first = written.headings.find((heading) => isBelow(heading.path, above));
    // Written by dots in one line with others, it has no place of its own.
    if (first === undefined)
      return put(without(text, written, above), above, { ...(plainOf(parent) as object), [key]: value });
    return splice(text, { start: first.start, end: first.start }, `[${headingText(above)}]\n${pair}\n\n`);
  }
  if (parent.how === "root" && typeof value === "object" && !Array.isArray(value)) {
    const lines = Object.entries(value).map(([name, inner]) => `${keyText(name)} = ${literal(inner)}\n`);
    return `${endedLine(text)}${text.trim() === "" ? "" : "\n"}[${keyText(key)}]\n${lines.join("")}`;
  }
  if (parent.how === "root" && Array.isArray(value)) {
    return value.reduce<string>((now, item) => `${endedLine(now)}\n${element([key], item)}`, text);
  }
  const before = text.slice(0, parent.more);
  const ended = before === "" || before.endsWith("\n") || before === "\ufeff" ? before : `${before}\n`;
  return `${ended}${pair}\n${text.slice(parent.more)}`;
}

const endedLine = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

const headingText = (path: Path) =>
  path
    .filter((step): step is string => typeof step === "string")
    .map(keyText)
    .join(".");

function element(path: Path, value: Plain): string {
  const table = value as Record<string, Plain>;
  return `[[${headingText(path)}]]\n${Object.entries(table)
    .map(([key, inner]) => `${keyText(key)} = ${literal(inner)}\n`)
    .join("")}`;
}

const isBelow = (path: Path, above: Path) => above.every((step, index) => path[index] === step);

/** A further item at the end of a list. */
function added(text: string, written: Written, path: Path, list: List, value: Plain): string {
  if (list.headed) {
    const last = chunkOf(text, written, [...path, list.items.length - 1]);
    const before = text.slice(0, last.end);
    const kept = before.trimEnd();
    return `${kept}\n\n${element(path, value)}${last.end < text.length ? "\n" : ""}${text.slice(last.end)}`;
  }
  const last = list.items.at(-1);
  if (last === undefined) return splice(text, list, literal([value]));
  return splice(text, { start: last.end, end: last.end }, `, ${literal(value)}`);
}

/** All that belongs to a headed table: the comments right above it, its lines, and the headed tables below it. */
function chunkOf(text: string, written: Written, path: Path): Place {
  const own = written.headings.filter((heading) => isBelow(heading.path, path));
  const first = written.headings.indexOf(own[0] as Heading);
  const together = written.headings.slice(first, first + own.length);
  if (own.length === 0 || together.some((heading, index) => heading !== own[index])) throw new Unreadable(0);
  const next = written.headings[first + own.length];
  return {
    start: remarksAbove(text, (own[0] as Heading).start),
    end: next ? remarksAbove(text, next.start) : text.length,
  };
}

function remarksAbove(text: string, start: number): number {
  let found = start;
  for (;;) {
    const before = text.lastIndexOf("\n", found - 2) + 1;
    if (found === 0 || !/^[ \t]*#/.test(text.slice(before, found))) return found;
    found = before;
  }
}

function without(text: string, written: Written, path: Path): string {
  const node = nodeAt(written.root, path) as Node;
  const last = path.at(-1);
  const parent = nodeAt(written.root, path.slice(0, -1));
  if (parent?.kind === "list" && typeof last === "number") {
    if (parent.headed) return splice(text, chunkOf(text, written, path), "");
    return splice(text, betweenCommas(parent.items, last), "");
  }
  if (parent?.kind !== "table" || typeof last !== "string") return text;
  if (node.kind === "list" && node.headed) {
    return node.items.reduceRight((now, _, index) => without(now, readWritten(now), [...path, index]), text);
  }
  if (isHeaded(node) && written.headings.some((heading) => isBelow(heading.path, path))) {
    return splice(text, chunkOf(text, written, path), "");
  }
  if (node.kind === "table" && node.how === "implied") {
    return [...node.entries.keys()].reduce((now, key) => put(now, [...path, key], undefined), text);
  }
  const entries = [...parent.entries.values()].map((entry) => entry.line);
  const index = [...parent.entries.keys()].indexOf(last);
  const line = entries[index] as Place;
  return splice(text, parent.how === "inline" ? betweenCommas(entries, index) : line, "");
}

/** An item with the comma that goes with it. */
function betweenCommas(items: readonly Place[], index: number): Place {
  const item = items[index] as Place;
  const next = items[index + 1];
  const before = items[index - 1];
  if (next) return { start: item.start, end: next.start };
  return { start: before ? before.end : item.start, end: item.end };
}

/** The text with two neighbours of a list in each other's place, the comments above them included. */
export function swapped(text: string, path: Path, index: number): string {
  const written = readWritten(text);
  const list = nodeAt(written.root, path);
  if (list?.kind !== "list" || index < 0 || index + 1 >= list.items.length) return text;
  const place = (at: number) =>
    list.headed ? chunkOf(text, written, [...path, at]) : (list.items[at] as Place);
  const [one, other] = [place(index), place(index + 1)];
  if (one.end > other.start) throw new Unreadable(other.start);
  const first = text.slice(one.start, one.end);
  const second = text.slice(other.start, other.end);
  const ended = list.headed && !second.endsWith("\n") ? `${second}\n\n` : second;
  return text.slice(0, one.start) + ended + text.slice(one.end, other.start) + first + text.slice(other.end);
}

/** A path as the server tells it: `rates[0].bands[1].above`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (told, step) => (typeof step === "number" ? `${told}[${step}]` : told ? `${told}.${step}` : step),
    "",
  );
}
