import { DatePicker } from "antd";
import dayjs from "dayjs";

/** A month in a form; its value is its first day, as the server takes it. */
export function MonthInput({
  value,
  onChange,
  id,
}: {
  value?: string | null;
  onChange?: (day: string | null) => void;
  id?: string;
}) {
  return (
    <DatePicker
      {...(id === undefined ? {} : { id })}
      picker="month"
      value={value ? dayjs(value) : null}
      onChange={(day) => onChange?.(day ? day.format("YYYY-MM-01") : null)}
      allowClear={false}
      style={{ width: 168 }}
    />
  );
}
