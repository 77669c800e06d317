export { Draft } from "./Draft.tsx";
export { Comparison as DeductionComparison } from "./deductions/Comparison.tsx";
export { Doubt as DoubtfulDeduction } from "./deductions/Doubt.tsx";
export { Filed } from "./filed/Filed.tsx";
export { Prepare } from "./Prepare.tsx";
export { Reports } from "./Reports.tsx";
