import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { Empty, Page } from "@/shared/ui";

export function Home() {
  const w = useTexts(words);
  return (
    <Page title={w("home")}>
      <Empty />
    </Page>
  );
}
