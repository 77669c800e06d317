import { Form, Segmented, Select } from "antd";
import { useRoles } from "@/shared/api";
import { AllianceSelect, EntitySelect } from "@/shared/choosing";
import { todayHere } from "@/shared/format/plain";
import { useTexts } from "@/shared/i18n";
import { words } from "@/shared/i18n/words";
import { DayInput } from "@/shared/ui/DayInput";
import { givenBy, PURPOSES, type RoleValues, scopeOf } from "./roles.ts";
import { texts } from "./texts.ts";

interface Props {
  /** Where the fields stand in the form's values: nowhere in particular, or one of several roles. */
  at?: readonly (string | number)[];
  /** The same, for one of several, where a list's own name goes before. */
  path?: readonly (string | number)[];
  required: boolean;
}

/** A role, and what it is held in. */
export function RoleFields({ at = [], path = at, required }: Props) {
  const t = useTexts(texts);
  const w = useTexts(words);
  const roles = useRoles();
  const form = Form.useFormInstance();
  const value = Form.useWatch([...path], form) as RoleValues | undefined;
  const whole = Form.useWatch([], form) as RoleValues | undefined;
  const held = path.length === 0 ? whole : value;
  const scope = scopeOf(held?.role);
  const place = held?.place ?? "alliance";
  const inAlliance = scope === "alliance" || (scope === "alliance_or_entity" && place === "alliance");
  const atEntity = scope === "entity" || (scope === "alliance_or_entity" && place === "entity");
  return (
    <>
      <Form.Item name={[...at, "role"]} label={w("role")} rules={[{ required, message: t("role.needed") }]}>
        <Select
          allowClear={!required}
          placeholder={t("role.choose")}
          options={givenBy(roles).map((role) => ({ value: role, label: w.maybe(`role.${role}`) }))}
        />
      </Form.Item>
      {scope === "alliance_or_entity" && (
        <Form.Item name={[...at, "place"]} label={t("role.place")} initialValue="alliance">
          <Segmented
            options={[
              { value: "alliance", label: t("role.place.alliance") },
              { value: "entity", label: t("role.place.entity") },
            ]}
          />
        </Form.Item>
      )}
      {inAlliance && (
        <Form.Item
          name={[...at, "alliance"]}
          label={w("alliance")}
          rules={[{ required: true, message: t("alliance.needed") }]}
        >
          <AllianceSelect />
        </Form.Item>
      )}
      {atEntity && (
        <Form.Item
          name={[...at, "operating_entity"]}
          label={t("entity")}
          rules={[{ required: true, message: t("entity.needed") }]}
        >
          <EntitySelect />
        </Form.Item>
      )}
      {held?.role === "finance" && (
        <Form.Item
          name={[...at, "purpose"]}
          label={t("purpose")}
          extra={t("purpose.help")}
          rules={[{ required: true, message: t("purpose.needed") }]}
        >
          <Select options={PURPOSES.map((purpose) => ({ value: purpose, label: w(`purpose.${purpose}`) }))} />
        </Form.Item>
      )}
      {held?.role && (
        <Form.Item name={[...at, "ends_on"]} label={t("role.until")} extra={t("role.until.help")}>
          <DayInput clearable from={todayHere()} />
        </Form.Item>
      )}
    </>
  );
}
