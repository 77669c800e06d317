export { Pool } from "./Pool.tsx";
export { Pools } from "./Pools.tsx";
