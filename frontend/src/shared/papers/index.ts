export { DownloadMenu } from "./DownloadMenu.tsx";
export { PaperField } from "./PaperField.tsx";
export { PaperDownload, Papers, sizeText } from "./Papers.tsx";
export { hangPaper, type Paper, usePapers } from "./queries.ts";
