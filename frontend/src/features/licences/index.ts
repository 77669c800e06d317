export { Claim } from "./bilateral/Claim.tsx";
export { Direct } from "./direct/Direct.tsx";
export { Licence } from "./Licence.tsx";
export { Licences } from "./Licences.tsx";
