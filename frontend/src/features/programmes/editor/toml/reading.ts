import {
  type Heading,
  type List,
  type Node,
  type Path,
  type Plain,
  type Table,
  Unreadable,
  type Written,
} from "./model.ts";

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
