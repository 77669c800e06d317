export { Certificate } from "./Certificate.tsx";
export { Relief } from "./Relief.tsx";
export { Remittance } from "./Remittance.tsx";
export { Withholding } from "./Withholding.tsx";
