export { latestWorth, SignatureChecks, SignatureNotice } from "./SignatureChecks.tsx";
