/** Where in the industry an organisation stands. */
export const SEGMENTS = ["upstream", "midstream", "downstream", "research", "finance", "service"] as const;
