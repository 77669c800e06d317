export { Close } from "./Close.tsx";
export { Closes } from "./Closes.tsx";
