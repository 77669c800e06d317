import { createContext, useContext } from "react";
import type { TermsMistake } from "@/shared/api";
import { nodeAt, type Path, type Plain, pathText, plainOf, type Table, type Written } from "./toml/index.ts";

/** What the fields of the form read and write: the one document. */
export interface Writing {
  written: Written;
  text: string;
  put: (path: Path, value: Plain | undefined) => void;
  swap: (path: Path, index: number) => void;
  mistakes: readonly TermsMistake[];
  readOnly: boolean;
}

export const WritingContext = createContext<Writing | null>(null);

export function useWriting(): Writing {
  const found = useContext(WritingContext);
  if (found === null) throw new Error("a field of terms stands outside of their form");
  return found;
}

export function usePlain(path: Path): Plain | undefined {
  const node = nodeAt(useWriting().written.root, path);
  return node && plainOf(node);
}

export function useTable(path: Path): Table | undefined {
  const node = nodeAt(useWriting().written.root, path);
  return node?.kind === "table" ? node : undefined;
}

export function keysOf(table: Table | undefined): readonly string[] {
  return table ? [...table.entries.keys()] : [];
}

/** What is said of one place, without the place, which is where it stands. */
export function messagesAt(mistakes: readonly TermsMistake[], path: Path): readonly string[] {
  const place = pathText(path);
  return mistakes.filter((mistake) => mistake.path === place).map((mistake) => said(mistake));
}

export function said({ path, message }: TermsMistake): string {
  return path !== "" && message.startsWith(path)
    ? message.slice(path.length).replace(/^[:：]\s*/, "")
    : message;
}
