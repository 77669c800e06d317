export { Locks } from "./Locks.tsx";
