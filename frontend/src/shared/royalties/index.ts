export { countryName } from "./countries.ts";
export { exactMicros, lengthOf, microsInWords, percentOf, plainDecimal, roundedMinor } from "./exact.ts";
export { FigureTable, Together } from "./FigureTable.tsx";
export { RateList, type Table, useConditions } from "./RateList.tsx";
export {
  bandTexts,
  boundsText,
  priceText,
  reserveName,
  stepTexts,
  type Threshold,
  useCloseNames,
  useReasonText,
} from "./reasons.ts";
export { type CloseState, CloseStateMark, closeState } from "./state.tsx";
export { texts as royaltyTexts } from "./texts.ts";
