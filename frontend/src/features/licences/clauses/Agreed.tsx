import { Checkbox, Form, Radio } from "antd";
import { useTexts } from "@/shared/i18n";
import { Pairs } from "@/shared/ui";
import styles from "./clauses.module.css";
import { clauseTexts } from "./texts.ts";

const GIVEN_BACK = ["none", "non_exclusive", "exclusive", "assignment"] as const;

/** What a licence of whatever kind may agree besides its price, as a form asks for it. */
export interface AgreedValues {
  grant_back: (typeof GIVEN_BACK)[number];
  ends_on_challenge: boolean;
  most_favoured: boolean;
}

/** What a form begins with where nothing is agreed yet. */
export const NOTHING_AGREED: AgreedValues = {
  grant_back: "none",
  ends_on_challenge: false,
  most_favoured: false,
};

/** Fields for what is agreed; what no licence may agree is offered, and refused with the rule against it. */
export function AgreedFields({ favourNote }: { favourNote?: string | undefined }) {
  const t = useTexts(clauseTexts);
  return (
    <>
      <Form.Item name="grant_back" label={t("grant_back")}>
        <Radio.Group
          className={styles.choices ?? ""}
          options={GIVEN_BACK.map((value) => ({ value, label: t(`grant_back.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="ends_on_challenge" valuePropName="checked">
        <Checkbox>{t("challenge.ends")}</Checkbox>
      </Form.Item>
      <Form.Item name="most_favoured" valuePropName="checked" extra={favourNote}>
        <Checkbox>{t("most_favoured")}</Checkbox>
      </Form.Item>
    </>
  );
}

/** What is agreed besides the price, in words; `more` stands below. */
export function AgreedPairs({
  agreed,
  more = [],
}: {
  agreed: { grant_back?: string; most_favoured?: boolean };
  more?: { label: string; value: string }[];
}) {
  const t = useTexts(clauseTexts);
  return (
    <Pairs
      pairs={[
        { label: t("grant_back"), value: t.maybe(`grant_back.${agreed.grant_back ?? "none"}`) },
        { label: t("challenge"), value: t("challenge.free") },
        {
          label: t("most_favoured"),
          value: t(agreed.most_favoured ? "most_favoured.yes" : "most_favoured.no"),
        },
        ...more,
      ]}
    />
  );
}
