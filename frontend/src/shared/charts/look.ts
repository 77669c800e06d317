import { theme } from "antd";
import { useMemo } from "react";
import type { Look } from "./types.ts";

export function useLook(): Look {
  const { token } = theme.useToken();
  return useMemo(
    () => ({
      ink: token.colorText,
      inkSoft: token.colorTextSecondary,
      line: token.colorSplit,
      surface: token.colorBgContainer,
      accent: token.colorPrimary,
      past: token.colorPrimaryBorder,
      more: token.colorSuccess,
      less: token.colorWarning,
      quiet: token.colorTextTertiary,
      font: token.fontFamily,
    }),
    [token],
  );
}
