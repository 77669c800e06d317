/** The stages of a calculation in the words the work reports them by, in their order. */
export const STAGES = [
  "Writing the bundle",
  "reading the tables",
  "reading the sales",
  "working out royalties",
  "sharing out",
  "writing results",
  "Loading the results",
];

export function stageOf(message: string | undefined): number {
  return STAGES.indexOf(message ?? "");
}
