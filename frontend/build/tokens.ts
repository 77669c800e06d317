import type { Plugin } from "vite";
import { asCustomProperties, dark, fonts, light } from "../src/app/theme/tokens.ts";

const NAME = "virtual:tokens.css";

/** Offers the design tokens as a style sheet, so that our own styles and Ant Design's stand on the same values. */
export function tokensAsCss(): Plugin {
  return {
    name: "tokens-as-css",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? styleSheet() : null),
  };
}

function styleSheet(): string {
  const lightRules = `color-scheme: light; ${asCustomProperties(light)}`;
  const darkRules = `color-scheme: dark; ${asCustomProperties(dark)}`;
  return [
    `:root { ${lightRules} --font-text: ${fonts.text}; --font-code: ${fonts.code}; }`,
    // Before any script has run, the system's wish counts.
    `@media (prefers-color-scheme: dark) { :root:not([data-theme]) { ${darkRules} } }`,
    `:root[data-theme="dark"] { ${darkRules} }`,
  ].join("\n");
}
