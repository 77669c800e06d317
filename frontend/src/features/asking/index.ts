export { AskOwner } from "./AskOwner.tsx";
export { ConfirmRequest } from "./ConfirmRequest.tsx";
export { LicenceRequest } from "./LicenceRequest.tsx";
export { LicenceRequests } from "./LicenceRequests.tsx";
export { PublicLists } from "./PublicLists.tsx";
