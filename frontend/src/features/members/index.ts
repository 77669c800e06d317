export { Member } from "./Member.tsx";
export { Members } from "./Members.tsx";
