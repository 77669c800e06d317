export { Statement } from "./Statement.tsx";
export { Statements } from "./Statements.tsx";
