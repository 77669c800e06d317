export { Programme } from "./Programme.tsx";
export { Programmes } from "./Programmes.tsx";
