import { DatePicker } from "antd";
import dayjs from "dayjs";

interface Props {
  value?: string | null;
  onChange?: (day: string | null) => void;
  id?: string;
  /** The first day that can be chosen. */
  from?: string;
  /** The last day that can be chosen. */
  to?: string;
  clearable?: boolean;
}

/** A calendar day in a form; its value is the text the server takes, so that drafts keep it. */
export function DayInput({ value, onChange, id, from, to, clearable = false }: Props) {
  return (
    <DatePicker
      {...(id === undefined ? {} : { id })}
      value={value ? dayjs(value) : null}
      onChange={(day) => onChange?.(day ? day.format("YYYY-MM-DD") : null)}
      allowClear={clearable}
      disabledDate={(day) =>
        (from !== undefined && day.isBefore(dayjs(from), "day")) ||
        (to !== undefined && day.isAfter(dayjs(to), "day"))
      }
      style={{ width: 168 }}
    />
  );
}
