/** The sign of the platform: three rings that overlap, as pooled rights do. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" style={{ flex: "none" }}>
      <rect width="32" height="32" rx="8" fill="#0f6e66" />
      <g fill="none" stroke="#fff" strokeWidth="2.4">
        <circle cx="12.5" cy="13" r="6" />
        <circle cx="19.5" cy="13" r="6" />
        <circle cx="16" cy="19.500" r="6" />
      </g>
    </svg>
  );
}
