import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Select } from "antd";
import { useState } from "react";
import {
  asProblem,
  keys,
  type Licence,
  newKey,
  type ReportAuthority,
  type ReportingSeat,
  request,
  useRoles,
} from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { CalendarDay } from "@/shared/format";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { Papers } from "@/shared/papers";
import { ListTable } from "@/shared/table";
import { ActionForm, Empty, Notice } from "@/shared/ui";
import { DayInput } from "@/shared/ui/DayInput";
import { AUTHORITIES, useRefresh } from "./queries.ts";
import { texts } from "./texts.ts";

/** What the scanned letter of authority hangs on. */
const AUTHORITY = "reports.reportauthority";

const HAN = /\p{Script=Han}/u;

interface Values {
  licence_id: string;
  seat_id: string;
  title: string;
  letter: string;
  starts_on: string;
  ends_on?: string | null;
}

/** Whose seat may sign a licensee's reports, by which letter. */
export function Signers() {
  const t = useTexts(texts);
  const spoken = useSpoken();
  const records = useRoles().has("finance");
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [letterOf, setLetterOf] = useState<ReportAuthority>();
  const end = async (id: string) => {
    try {
      await request("POST", `${AUTHORITIES}/${id}/end`, { key: newKey() });
    } catch (error) {
      void message.error(asProblem(error).message);
    }
    await refresh();
  };
  return (
    <>
      <Notice action={records && <Button onClick={() => setOpen(true)}>{t("signer.add")}</Button>}>
        {t("signers.none.text")}
      </Notice>
      <ListTable<ReportAuthority>
        inner
        path={AUTHORITIES}
        caption={t("tab.signers")}
        defaultOrder="-recorded"
        nameOf={(row) => row.signatory_name}
        empty={<Empty title={t("signers.none")}>{t("signers.none.text")}</Empty>}
        columns={[
          { key: "person", title: t("person"), main: true, render: (row) => spoken(row.signatory_name) },
          { key: "title", title: t("title_of"), render: (row) => row.title },
          { key: "licence", title: t("licence"), render: (row) => row.licence_code },
          {
            key: "letter",
            title: t("letter"),
            render: (row) => (
              <Button
                type="link"
                size="small"
                onClick={() => setLetterOf(row)}
                aria-label={t("letter.open", { letter: row.letter })}
              >
                {/* The letter's own title, in the language in which it was written. */}
                <span {...(HAN.test(row.letter) ? { lang: "zh-Hans" } : {})}>{row.letter}</span>
              </Button>
            ),
          },
          { key: "from", title: t("from"), render: (row) => <CalendarDay day={row.starts_on} /> },
          { key: "until", title: t("until"), render: (row) => <CalendarDay day={row.ends_on ?? null} /> },
          {
            key: "end",
            title: t("signer.end"),
            render: (row) =>
              row.ends_on && row.ends_on <= todayHere() ? (
                "–"
              ) : (
                <Button size="small" onClick={() => void end(row.id)}>
                  {t("signer.end")}
                </Button>
              ),
          },
        ]}
      />
      <Drawer open={open} onClose={() => setOpen(false)} title={t("signer.add")} size={520} destroyOnHidden>
        <SignerForm onClose={() => setOpen(false)} />
      </Drawer>
      <Drawer
        open={letterOf !== undefined}
        onClose={() => setLetterOf(undefined)}
        title={t("letter.of", { letter: letterOf?.letter ?? "" })}
        size={520}
        destroyOnHidden
      >
        {letterOf && <Papers subjectType={AUTHORITY} subjectId={letterOf.id} mayAttach />}
      </Drawer>
    </>
  );
}

function SignerForm({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const licence = Form.useWatch("licence_id", form);
  const licences = useEvery<Licence>("/api/v1/licences").data ?? [];
  const seats = useQuery({
    queryKey: keys.part("/api/v1/licences", licence ?? "", "reporting seats"),
    queryFn: () => request<ReportingSeat[]>("GET", `/api/v1/licences/${licence}/reporting-seats`),
    enabled: licence !== undefined,
  });
  const needed = [{ required: true, message: t("needed") }];
  return (
    <ActionForm<Values>
      form={form}
      submit={t("signer.add")}
      onCancel={onClose}
      send={async (values, key) => {
        await request("POST", AUTHORITIES, { key, body: { ...values, ends_on: values.ends_on || null } });
        await refresh();
      }}
      onDone={() => {
        void message.success(t("signer.done"));
        onClose();
      }}
      initialValues={{ starts_on: todayHere() }}
    >
      <Form.Item name="licence_id" label={t("licence")} rules={needed}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={licences.map((one) => ({ value: one.id, label: `${one.code} · ${one.licensee_name}` }))}
          onChange={() => form.resetFields(["seat_id"])}
        />
      </Form.Item>
      <Form.Item name="seat_id" label={t("person")} rules={needed}>
        <Select
          loading={seats.isFetching}
          options={(seats.data ?? []).map((seat) => ({ value: seat.id, label: seat.name }))}
        />
      </Form.Item>
      <Form.Item name="title" label={t("title_of")} rules={needed}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="letter" label={t("letter")} extra={t("letter.help")} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="starts_on" label={t("from")} rules={needed}>
        <DayInput />
      </Form.Item>
      <Form.Item name="ends_on" label={t("until")}>
        <DayInput />
      </Form.Item>
    </ActionForm>
  );
}
