/**
 * Terms as they are written: read with the place of everything, and changed where they stand.
 *
 * The text is what is kept. A change rewrites the characters of one value and leaves all others, so that comments, the
 * order and whatever the form does not know stay as somebody wrote them.
 */

export type Path = readonly (string | number)[];
export type Plain = string | boolean | readonly Plain[] | { readonly [key: string]: Plain };

export interface Place {
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
export interface Entry {
  node: Node;
  /** The line or lines of the key and its value; the key and the value alone, where they stand in braces. */
  line: Place;
}
export interface Heading {
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
