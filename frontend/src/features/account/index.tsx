import { useMe } from "@/shared/api";
import { Page } from "@/shared/ui";

export function Account() {
  const me = useMe();
  return (
    <Page title={me.name}>
      <p>{me.email}</p>
    </Page>
  );
}
