export { Import } from "./Import.tsx";
export { Imports } from "./Imports.tsx";
