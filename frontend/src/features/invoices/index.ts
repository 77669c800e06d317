export { Invoice } from "./Invoice.tsx";
export { Invoices } from "./Invoices.tsx";
export { BillingSettings } from "./Settings.tsx";
