export { Charter } from "./Charter.tsx";
export { Charters } from "./Charters.tsx";
export { Version } from "./Version.tsx";
