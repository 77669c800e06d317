/** The values everything on screen is made of: one accent, neutral greys, four states; the same names in both themes. */
export interface Tokens {
  /** Behind everything; beside it; and what contents lie on. */
  ground: string;
  rail: string;
  surface: string;
  raised: string;
  hover: string;
  line: string;
  lineStrong: string;
  ink: string;
  inkSoft: string;
  inkFaint: string;
  accent: string;
  accentHover: string;
  accentSoft: string;
  onAccent: string;
  fine: string;
  fineSoft: string;
  attention: string;
  attentionSoft: string;
  overdue: string;
  overdueSoft: string;
  closed: string;
  closedSoft: string;
  shade: string;
}

export const light: Tokens = {
  ground: "#fbfcfc",
  rail: "#f4f6f6",
  surface: "#ffffff",
  raised: "#ffffff",
  hover: "#eff3f2",
  line: "#e2e8e6",
  lineStrong: "#8a9794",
  ink: "#17211f",
  inkSoft: "#4d5b58",
  inkFaint: "#64716e",
  accent: "#0f6e66",
  accentHover: "#0b5851",
  accentSoft: "#e4f1ef",
  onAccent: "#ffffff",
  fine: "#12714a",
  fineSoft: "#e6f4ec",
  attention: "#8a5700",
  attentionSoft: "#fdf2dc",
  overdue: "#b3261e",
  overdueSoft: "#fcebe9",
  closed: "#4d5b58",
  closedSoft: "#edf1f0",
  shade: "0 2px 6px rgb(16 40 36 / 6%), 0 12px 32px rgb(16 40 36 / 12%)",
};

export const dark: Tokens = {
  ground: "#101615",
  rail: "#0c1110",
  surface: "#141b1a",
  raised: "#1c2523",
  hover: "#1e2826",
  line: "#283331",
  lineStrong: "#72807d",
  ink: "#e6edeb",
  inkSoft: "#adbab7",
  inkFaint: "#93a19e",
  accent: "#5cc9bb",
  accentHover: "#7fd8cc",
  accentSoft: "#16332f",
  onAccent: "#06231f",
  fine: "#6ed3a3",
  fineSoft: "#13301f",
  attention: "#f0b95a",
  attentionSoft: "#362a12",
  overdue: "#ff9a90",
  overdueSoft: "#3b1e1b",
  closed: "#adbab7",
  closedSoft: "#222c2a",
  shade: "0 2px 6px rgb(0 0 0 / 40%), 0 12px 32px rgb(0 0 0 / 50%)",
};

export const fonts = {
  // Named faces before the system's own, so that digits and letters come from the face that the Chinese text has.
  text: '"Inter", "Segoe UI", "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif',
  code: '"SF Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", "PingFang SC", "Microsoft YaHei", monospace',
};

/** Writes the tokens as CSS custom properties: `inkSoft` becomes `--ink-soft`. */
export function asCustomProperties(tokens: Tokens): string {
  return Object.entries(tokens)
    .map(([name, value]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${value};`)
    .join(" ");
}
