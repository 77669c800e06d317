import {
  type Heading,
  type List,
  type Node,
  type Path,
  type Place,
  type Plain,
  type Table,
  Unreadable,
  type Written,
} from "./model.ts";
import { nodeAt, plainOf, readWritten } from "./reading.ts";

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
