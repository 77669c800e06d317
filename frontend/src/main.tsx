import "virtual:tokens.css";
import "./app/theme/base.css";
import { createRoot } from "react-dom/client";
import { Application } from "./app/Application.tsx";
import { carryNonce, readNonce } from "./app/nonce.ts";
import { asLanguage, startTexts } from "./shared/i18n/index.ts";

const nonce = readNonce();
carryNonce(nonce);
const place = document.getElementById("app");
if (place === null) throw new Error("There is no place for the application on this page.");
// The server has chosen by the reader's cookie, or else by what the browser asks for.
await startTexts(asLanguage(document.documentElement.lang));
createRoot(place, {
  // A refusal of the server is shown on the page that asked, and is no fault of the page; the rest is written down there.
  onCaughtError: () => undefined,
}).render(<Application nonce={nonce} />);
