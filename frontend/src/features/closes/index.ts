export { Approval } from "./Approval.tsx";
export { Approvals } from "./Approvals.tsx";
export { CloseOrApproval } from "./Close.tsx";
export { Closes } from "./Closes.tsx";
