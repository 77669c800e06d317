export { Amount, Figure, Ratio } from "./Amount.tsx";
export { CalendarDay, Deadline, Instant, Period } from "./Dates.tsx";
export { formatDay, formatInstant, formatMinor, formatNumber, minorDigits } from "./plain.ts";
