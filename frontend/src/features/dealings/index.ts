export { Apply } from "./Apply.tsx";
export { Dealing } from "./Dealing.tsx";
export { Dealings } from "./Dealings.tsx";
export { Templates } from "./Templates.tsx";
