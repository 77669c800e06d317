export { Conflicts } from "./Conflicts.tsx";
