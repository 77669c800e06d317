import { Button, Drawer, Form, Select } from "antd";
import { useState } from "react";
import type { BankAccount } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { useTexts } from "@/shared/i18n";
import { MatchAll } from "./matching/MatchAll.tsx";
import { ACCOUNTS } from "./queries.ts";
import { TakeStatement } from "./TakeStatement.tsx";
import { texts } from "./texts.ts";

/** What a day at the banks begins with: a statement of any account is taken in, and what is beyond doubt settled. */
export function TakeAny() {
  const t = useTexts(texts);
  const [isTaking, setTaking] = useState(false);
  const [chosen, choose] = useState<string | null>(null);
  const accounts = (useEvery<BankAccount>(ACCOUNTS).data ?? []).filter(
    (one) => !one.in_use_until && Object.keys(one.mapping).length > 0,
  );
  const only = accounts.length === 1 ? accounts[0] : undefined;
  const account = accounts.find((one) => one.id === chosen) ?? only;
  const close = () => {
    setTaking(false);
    choose(null);
  };
  if (accounts.length === 0) return null;
  return (
    <>
      {only && only.purpose === "royalties" && only.open_lines > 0 && <MatchAll account={only.id} />}
      <Button type="primary" onClick={() => setTaking(true)}>
        {t("take")}
      </Button>
      <Drawer open={isTaking} onClose={close} title={t("take")} size={720} destroyOnHidden>
        <Form layout="vertical">
          <Form.Item label={t("account")} htmlFor="take-account">
            <Select
              id="take-account"
              value={account?.id ?? null}
              placeholder={t("take.account")}
              options={accounts.map((one) => ({
                value: one.id,
                label: `${one.bank_name} ${one.number.slice(-4)} · ${one.currency}`,
              }))}
              onChange={choose}
            />
          </Form.Item>
        </Form>
        {account && <TakeStatement key={account.id} account={account} onClose={close} />}
      </Drawer>
    </>
  );
}
