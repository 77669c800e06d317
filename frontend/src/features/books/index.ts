export { BookReopening } from "./BookReopening.tsx";
export { Books } from "./Books.tsx";
export { LedgerAccount } from "./LedgerAccount.tsx";
export { LedgerEntry } from "./LedgerEntry.tsx";
