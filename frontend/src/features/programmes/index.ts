export { TermsEditor } from "./editor/Editor.tsx";
export { Programme } from "./Programme.tsx";
export { Programmes } from "./Programmes.tsx";
