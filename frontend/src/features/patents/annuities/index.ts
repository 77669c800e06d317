export { Annuities } from "./Annuities.tsx";
