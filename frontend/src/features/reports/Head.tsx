import type { ReactNode } from "react";

/** The headings of a table of figures. */
export function Head({ labels }: { labels: readonly ReactNode[] }) {
  return (
    <thead>
      <tr>
        {labels.map((label) => (
          <th key={String(label)} scope="col">
            {label}
          </th>
        ))}
      </tr>
    </thead>
  );
}
