export { Call } from "./Call.tsx";
export { Submission } from "./Submission.tsx";
export { Submissions } from "./Submissions.tsx";
