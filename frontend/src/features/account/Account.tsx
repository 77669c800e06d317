import { useMe } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { Page, PageTabs } from "@/shared/ui";
import { Profile } from "./Profile.tsx";
import { Security } from "./Security.tsx";
import { Sessions } from "./Sessions.tsx";
import { Tokens } from "./Tokens.tsx";
import { texts } from "./texts.ts";
import { Webhooks } from "./Webhooks.tsx";

/** What concerns the person and not a seat: display, ways to sign in, devices. */
export function Account() {
  const t = useTexts(texts);
  const me = useMe();
  return (
    <Page title={t("title")} subtitle={me.email}>
      <PageTabs
        tabs={[
          { key: "profile", label: t("tab.profile"), children: <Profile /> },
          { key: "security", label: t("tab.security"), children: <Security /> },
          { key: "sessions", label: t("tab.sessions"), children: <Sessions /> },
          { key: "tokens", label: t("tab.tokens"), children: <Tokens /> },
          ...(me.seat ? [{ key: "webhooks", label: t("tab.webhooks"), children: <Webhooks /> }] : []),
        ]}
      />
    </Page>
  );
}
