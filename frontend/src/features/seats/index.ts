export { Seats } from "./Seats.tsx";
