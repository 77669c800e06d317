import { App, Checkbox, Drawer, Form } from "antd";
import { type CharterVersion, type Membership, request, useMe } from "@/shared/api";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useOrganisationName, useSpoken } from "@/shared/names";
import { ActionForm, Notice, Pairs, Skeleton } from "@/shared/ui";
import { SIGNATURES, useOwnAuthority, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

interface Props {
  open: boolean;
  version: CharterVersion;
  title: string;
  membership: Membership;
  onClose: () => void;
}

/** Signing for one's organisation: what, on whose behalf, and by which authority. */
export function SignDrawer({ open, onClose, ...rest }: Props) {
  const t = useTexts(texts);
  return (
    <Drawer open={open} onClose={onClose} title={t("sign")} size={520} destroyOnHidden>
      <Signing {...rest} onClose={onClose} />
    </Drawer>
  );
}

function Signing({ version, title, membership, onClose }: Omit<Props, "open">) {
  const t = useTexts(texts);
  const me = useMe();
  const organisationName = useOrganisationName();
  const spoken = useSpoken();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const authority = useOwnAuthority(membership.id);
  if (authority === undefined) return <Skeleton height={160} />;
  if (authority === null) {
    return (
      <Notice kind="attention">
        <p>{t("authority.none")}</p>
        <p>{t("authority.none.text")}</p>
      </Notice>
    );
  }
  return (
    <>
      <Pairs
        pairs={[
          { label: t("name"), value: `${title} · ${t("version", { number: version.number })}` },
          {
            label: t("on.behalf"),
            value: organisationName(membership.organisation_id, membership.organisation_name),
          },
          { label: t("signatory"), value: `${spoken(me.name)} · ${spoken(authority.title)}` },
          {
            label: t("authority"),
            value: (
              <>
                <CalendarDay day={authority.starts_on} /> –{" "}
                {authority.ends_on ? <CalendarDay day={authority.ends_on} /> : "…"}
              </>
            ),
          },
          { label: t("signed_on"), value: <CalendarDay day={todayHere()} /> },
          { label: t("hash"), value: <code>{version.content_sha256}</code> },
        ]}
      />
      <br />
      <ActionForm<{ read?: boolean }>
        submit={t("sign.submit")}
        onCancel={onClose}
        send={async (_, key) => {
          await request("POST", SIGNATURES, {
            key,
            body: {
              version_id: version.id,
              membership_id: membership.id,
              content_sha256: version.content_sha256,
            },
          });
          await refresh();
        }}
        onDone={() => {
          void message.success(t("sign.done"));
          onClose();
        }}
      >
        <Form.Item
          name="read"
          valuePropName="checked"
          rules={[
            {
              validator: (_, value: boolean | undefined) =>
                value ? Promise.resolve() : Promise.reject(new Error(t("sign.read.needed"))),
            },
          ]}
        >
          <Checkbox>{t("sign.read")}</Checkbox>
        </Form.Item>
      </ActionForm>
    </>
  );
}
