import type { ReactNode } from "react";

/** The headings of a table of figures; `numeric` are the places of those above numbers. */
export function Head({
  labels,
  numeric = [],
}: {
  labels: readonly ReactNode[];
  numeric?: readonly number[];
}) {
  return (
    <thead>
      <tr>
        {labels.map((label, place) => (
          <th key={String(label)} scope="col" data-numeric={numeric.includes(place) || undefined}>
            {label}
          </th>
        ))}
      </tr>
    </thead>
  );
}
