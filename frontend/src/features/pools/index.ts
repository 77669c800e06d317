export { Pool } from "./Pool.tsx";
export { PoolList } from "./PoolList.tsx";
export { Pools } from "./Pools.tsx";
