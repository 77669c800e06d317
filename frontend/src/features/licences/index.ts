export { Licence } from "./Licence.tsx";
export { Licences } from "./Licences.tsx";
