export {
  AllianceSelect,
  EntitySelect,
  OrganisationSelect,
  OrganisationsSelect,
  SeatSelect,
  useAllianceName,
  useAlliances,
} from "./Choosing.tsx";
export { useEvery } from "./every.ts";
