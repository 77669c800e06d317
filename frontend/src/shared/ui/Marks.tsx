/** Quiet line drawings for pages that have nothing to show; drawn here so that they follow the theme. */
const frame = {
  viewBox: "0 0 48 48",
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.5,
  "aria-hidden": true,
} as const;

export function EmptyMark() {
  return (
    <svg {...frame}>
      <rect x="9" y="8" width="30" height="32" rx="4" />
      <path d="M16 17h16M16 24h16M16 31h9" strokeLinecap="round" strokeDasharray="2 4" />
    </svg>
  );
}

export function LockMark() {
  return (
    <svg {...frame}>
      <rect x="11" y="21" width="26" height="19" rx="4" />
      <path d="M17 21v-5a7 7 0 0 1 14 0v5M24 29v4" strokeLinecap="round" />
    </svg>
  );
}

export function LostMark() {
  return (
    <svg {...frame}>
      <circle cx="21" cy="21" r="12" />
      <path
        d="m30 30 10 10M17 18c.5-2.500 2.200-3.500 4-3.500 2.300 0 4 1.500 4 3.500 0 3-4 3-4 6M21 28v.1"
        strokeLinecap="round"
      />
    </svg>
  );
}

export function BrokenMark() {
  return (
    <svg {...frame}>
      <path d="M24 8 6.500 39h35L24 8Z" strokeLinejoin="round" />
      <path d="M24 20v9M24 33.500v.1" strokeLinecap="round" />
    </svg>
  );
}

export function OfflineMark() {
  return (
    <svg {...frame}>
      <path
        d="M8 20c9-8 23-8 32 0M14 27c6-5 14-5 20 0M20 33c2.500-2 5.500-2 8 0M24 39v.1M9 8l30 32"
        strokeLinecap="round"
      />
    </svg>
  );
}
