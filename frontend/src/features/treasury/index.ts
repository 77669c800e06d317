export { BankAccount } from "./BankAccount.tsx";
export { StatementLine } from "./StatementLine.tsx";
export { Treasury } from "./Treasury.tsx";
