export { Organisation } from "./Organisation.tsx";
export { Organisations } from "./Organisations.tsx";
