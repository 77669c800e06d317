import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { Form, Input, Radio, Select } from "antd";
import { useMemo, useState } from "react";
import { asProblem, keys, type Pool, type PoolEntry, type PoolMember, request } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { currentLanguage, useLanguage, useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { Frame } from "@/shared/outside";
import { ActionForm, Failure, FailureLine, Notice, Skeleton } from "@/shared/ui";
import { countries } from "./countries.ts";
import { POOLS } from "./queries.ts";
import { texts } from "./texts.ts";

const MOST_PATENTS = 200;
const LONGEST = 5000;

interface Wish {
  member_id: string;
  of: "all" | "some";
  patent_ids?: string[];
  name: string;
  organisation: string;
  email: string;
  country: string;
  products: string;
  fields_of_use?: string;
  territory?: string;
  message?: string;
}

/** The page on which anybody asks an owner on a public list for a licence from that owner alone. */
export function AskOwner() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { owner } = useSearch({ strict: false }) as { owner?: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const pool = useQuery({
    queryKey: keys.object(POOLS, id),
    queryFn: ({ signal }) => request<Pool>("GET", `${POOLS}/${id}`, { signal }),
    retry: false,
  });
  if (sentTo !== null) {
    return (
      <Frame title={t("sent")} lead={t("sent.text", { email: sentTo })}>
        <Notice>{t("sent.later")}</Notice>
      </Frame>
    );
  }
  if (pool.isError && !asProblem(pool.error).isGone) {
    return (
      <Frame title={t("ask")}>
        <Failure error={pool.error} retry={() => void pool.refetch()} />
      </Frame>
    );
  }
  if (pool.isError) {
    return (
      <Frame title={t("no_list")} lead={t("no_list.text")}>
        <Link to="/asking">{t("lists")}</Link>
      </Frame>
    );
  }
  return (
    <Frame
      wide
      title={t("ask")}
      lead={pool.data ? t("ask.lead", { pool: spoken(pool.data.name) }) : undefined}
    >
      {pool.data ? <AskForm pool={id} owner={owner} onSent={setSentTo} /> : <Skeleton height={320} />}
    </Frame>
  );
}

interface Props {
  pool: string;
  owner: string | undefined;
  onSent: (email: string) => void;
}

function AskForm({ pool, owner, onSent }: Props) {
  const t = useTexts(texts);
  const language = useLanguage();
  const spoken = useSpoken();
  const [form] = Form.useForm<Wish>();
  const chosen = Form.useWatch("member_id", form) ?? owner;
  const of = Form.useWatch("of", form) ?? "all";
  const members = useEvery<PoolMember>("/api/v1/pool-members", { pool, order: "code" });
  const places = useMemo(() => countries(language), [language]);
  return (
    <>
      <Notice>{t("ask.private")}</Notice>
      <ActionForm<Wish>
        form={form}
        submit={t("ask.submit")}
        initialValues={{ of: "all", ...(owner ? { member_id: owner } : {}) }}
        onValuesChange={(changed) => {
          if ("member_id" in changed) form.setFieldValue("patent_ids", []);
        }}
        send={async ({ of: what, patent_ids, email, ...given }, key) => {
          await request("POST", `${POOLS}/${pool}/licence-requests`, {
            key,
            body: {
              ...given,
              email: email.trim(),
              language: currentLanguage() === "en" ? "en" : "zh-hans",
              patent_ids: what === "some" ? (patent_ids ?? []) : [],
            },
          });
          onSent(email.trim());
        }}
      >
        {members.isError && (
          <FailureLine what={t("owner.failed")} error={members.error} retry={() => void members.refetch()} />
        )}
        <Form.Item
          name="member_id"
          label={t("owner")}
          rules={[{ required: true, message: t("owner.needed") }]}
        >
          <Select
            showSearch={{ optionFilterProp: "label" }}
            loading={members.isPending}
            placeholder={t("owner.choose")}
            options={(members.data ?? []).map((row) => ({ value: row.id, label: spoken(row.name) }))}
          />
        </Form.Item>
        <Form.Item name="of" label={t("patents")} required>
          <Radio.Group
            options={[
              { value: "all", label: t("patents.all") },
              { value: "some", label: t("patents.some") },
            ]}
          />
        </Form.Item>
        {of === "some" && <PatentsField pool={pool} member={chosen} />}
        <Form.Item
          name="products"
          label={t("products")}
          extra={t("products.help")}
          rules={[needed(t("needed"))]}
        >
          <Input.TextArea rows={3} maxLength={LONGEST} />
        </Form.Item>
        <Form.Item name="fields_of_use" label={t("fields_of_use")} extra={t("fields_of_use.help")}>
          <Input maxLength={LONGEST} />
        </Form.Item>
        <Form.Item name="territory" label={t("territory")} extra={t("territory.help")}>
          <Input maxLength={LONGEST} />
        </Form.Item>
        <Form.Item name="message" label={t("message")}>
          <Input.TextArea rows={4} maxLength={LONGEST} showCount />
        </Form.Item>
        <Form.Item name="name" label={t("name")} rules={[needed(t("needed"))]}>
          <Input autoComplete="name" maxLength={120} />
        </Form.Item>
        <Form.Item name="organisation" label={t("organisation")} rules={[needed(t("needed"))]}>
          <Input autoComplete="organization" maxLength={200} />
        </Form.Item>
        <Form.Item
          name="email"
          label={t("email")}
          extra={t("email.help")}
          rules={[{ required: true, type: "email", message: t("email.wrong") }]}
        >
          <Input type="email" autoComplete="email" maxLength={254} />
        </Form.Item>
        <Form.Item name="country" label={t("country")} rules={[{ required: true, message: t("needed") }]}>
          <Select showSearch={{ optionFilterProp: "label" }} options={places} />
        </Form.Item>
      </ActionForm>
    </>
  );
}

function PatentsField({ pool, member }: { pool: string; member: string | undefined }) {
  const t = useTexts(texts);
  const entries = useEvery<PoolEntry>("/api/v1/pool-entries", { pool, member }, member !== undefined);
  const today = todayHere();
  const listed = (entries.data ?? []).filter(
    (row) =>
      (!row.enters_on || row.enters_on <= today) &&
      (!row.leaves_on || row.leaves_on > today) &&
      (!row.ends_on || row.ends_on > today),
  );
  return (
    <>
      {entries.isError && (
        <FailureLine what={t("patents.failed")} error={entries.error} retry={() => void entries.refetch()} />
      )}
      <Form.Item
        name="patent_ids"
        label={t("patents.which")}
        extra={t("patents.which.help")}
        rules={[{ required: true, type: "array", min: 1, max: MOST_PATENTS, message: t("patents.needed") }]}
      >
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: "label" }}
          disabled={member === undefined}
          loading={member !== undefined && entries.isPending}
          options={listed.map((row) => ({
            value: row.patent_id,
            label: `${row.publication} · ${row.country}`,
          }))}
        />
      </Form.Item>
    </>
  );
}

function needed(message: string) {
  return { required: true, whitespace: true, message };
}
