export { Invitations } from "./Invitations.tsx";
export { Seats } from "./Seats.tsx";
