export { OnlinePayment } from "./OnlinePayment.tsx";
export { PayInvoice } from "./PayInvoice.tsx";
export { Receipts } from "./Receipts.tsx";
