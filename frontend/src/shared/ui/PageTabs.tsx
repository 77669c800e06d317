import { useNavigate, useSearch } from "@tanstack/react-router";
import { Tabs } from "antd";
import type { ReactNode } from "react";

export interface Tab {
  key: string;
  label: ReactNode;
  children: ReactNode;
}

/** Tabs whose choice stands in the address, so that a link leads to the same place. */
export function PageTabs({ tabs }: { tabs: readonly Tab[] }) {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const first = tabs[0]?.key ?? "";
  const active = tabs.some((tab) => tab.key === search.tab) ? (search.tab ?? first) : first;
  return (
    <Tabs
      activeKey={active}
      items={[...tabs]}
      destroyOnHidden
      onChange={(key) => {
        void navigate({ to: ".", search: { tab: key === first ? undefined : key } as never, replace: true });
      }}
    />
  );
}
