export { Claim } from "./bilateral/Claim.tsx";
export { Direct } from "./direct/Direct.tsx";
export { Licence } from "./Licence.tsx";
export { Licences } from "./Licences.tsx";
export { Declaration } from "./open/Declaration.tsx";
export { Open } from "./open/Open.tsx";
export { Taken } from "./open/Taken.tsx";
