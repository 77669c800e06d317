export { Conversion } from "./Conversion.tsx";
export { Exchange } from "./Exchange.tsx";
export { RateSheet } from "./RateSheet.tsx";
