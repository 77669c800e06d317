export { Differences } from "./differences/Differences.tsx";
export { Patent } from "./Patent.tsx";
export { Patents } from "./Patents.tsx";
