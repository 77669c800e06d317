export { Deadline } from "./Deadline.tsx";
export { Deadlines } from "./Deadlines.tsx";
export { Order } from "./Order.tsx";
export { Orders } from "./Orders.tsx";
