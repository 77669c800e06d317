export { Audit } from "./Audit.tsx";
export { Audits } from "./Audits.tsx";
