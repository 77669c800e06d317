export { Secrets } from "./Secrets.tsx";
export { ShownOnce } from "./ShownOnce.tsx";
