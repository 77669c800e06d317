export { literal, pathText, put, swapped } from "./changing.ts";
export {
  type Leaf,
  type List,
  type Node,
  type Path,
  type Plain,
  type Table,
  Unreadable,
  type Written,
} from "./model.ts";
export { nodeAt, plainOf, readWritten } from "./reading.ts";
