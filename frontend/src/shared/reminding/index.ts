export { type Lacking, Reminding } from "./Reminding.tsx";
