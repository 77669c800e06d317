export { Changes } from "./events.tsx";
export { HistoryTab } from "./HistoryTab.tsx";
export { texts as historyTexts } from "./texts.ts";
export { useEventWords } from "./what.ts";
