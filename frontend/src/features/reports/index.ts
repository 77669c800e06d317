export { Draft } from "./Draft.tsx";
export { Prepare } from "./Prepare.tsx";
export { Reports } from "./Reports.tsx";
