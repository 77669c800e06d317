export { JobProgress } from "./JobProgress.tsx";
export { useJob } from "./queries.ts";
export { secondsLeft } from "./timing.ts";
