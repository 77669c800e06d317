import { Drawer } from "antd";
import type { ReactNode } from "react";

/** The way to every place, where there is no room for it beside the page. */
export function NavDrawer({
  open,
  onClose,
  title,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
}) {
  return (
    <Drawer
      open={open}
      placement="left"
      size={272}
      onClose={onClose}
      title={title}
      closable={false}
      styles={{ body: { padding: 8 }, header: { padding: 8 } }}
    >
      {children}
    </Drawer>
  );
}
