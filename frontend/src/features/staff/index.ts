export { AccessLog } from "./AccessLog.tsx";
export { StaffSessions } from "./StaffSessions.tsx";
