export { Alliance } from "./Alliance.tsx";
export { Alliances } from "./Alliances.tsx";
