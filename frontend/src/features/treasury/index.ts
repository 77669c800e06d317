export { BankAccount } from "./BankAccount.tsx";
export { PayeeAccount } from "./PayeeAccount.tsx";
export { PayeeAccounts } from "./Payees.tsx";
export { Payout } from "./Payout.tsx";
export { StatementLine } from "./StatementLine.tsx";
export { Treasury } from "./Treasury.tsx";
