export { Distribution } from "./Distribution.tsx";
export { DistributionStatement } from "./DistributionStatement.tsx";
export { DistributionStatements } from "./DistributionStatements.tsx";
export { Distributions } from "./Distributions.tsx";
export { MemberInvoice } from "./MemberInvoice.tsx";
export { MemberInvoices } from "./MemberInvoices.tsx";
export { Objection } from "./Objection.tsx";
