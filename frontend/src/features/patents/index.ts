export { ClaimChart } from "./charts/ClaimChart.tsx";
export { Differences } from "./differences/Differences.tsx";
export { Patent } from "./Patent.tsx";
export { Patents } from "./Patents.tsx";
export { Portfolio } from "./portfolio/Portfolio.tsx";
