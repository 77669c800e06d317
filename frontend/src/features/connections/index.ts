export { Connection } from "./Connection.tsx";
export { Connections } from "./Connections.tsx";
