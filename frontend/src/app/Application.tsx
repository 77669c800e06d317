import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { App, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import "dayjs/locale/zh-cn";
import dayjs from "dayjs";
import { useEffect, useRef } from "react";
import { useLanguage } from "@/shared/i18n";
import { useTheme } from "@/shared/ui/theme";
import { queryClient } from "./queries.ts";
import { router } from "./router.tsx";
import { antdTheme } from "./theme/antd.ts";

/** Everything the pages stand on: look, language, cached answers, addresses. */
export function Application({ nonce }: { nonce: string }) {
  const language = useLanguage();
  const { isDark, isStill } = useTheme();
  const answeredIn = useRef(language);
  useEffect(() => {
    dayjs.locale(language === "en" ? "en" : "zh-cn");
    // Answers hold sentences, and versions depend on what an answer says: both are had anew in the new language.
    if (answeredIn.current !== language) void queryClient.invalidateQueries();
    answeredIn.current = language;
  }, [language]);
  return (
    <ConfigProvider
      locale={language === "en" ? enUS : zhCN}
      theme={antdTheme(isDark, isStill)}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <App message={{ maxCount: 3 }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  );
}
