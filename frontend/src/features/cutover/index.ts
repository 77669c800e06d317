export { Cutover } from "./Cutover.tsx";
export { ParallelRun } from "./ParallelRun.tsx";
