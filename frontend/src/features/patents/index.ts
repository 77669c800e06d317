export { Patent } from "./Patent.tsx";
export { Patents } from "./Patents.tsx";
