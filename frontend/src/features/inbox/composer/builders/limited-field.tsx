import { useTranslation } from "react-i18next";
import { TextArea, TextField } from "@/components/field";
import { lengthOf } from "@/lib/surface";

interface LimitedFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  limit: number;
  unit?: string;
  fault: string | null;
  /** Several lines. */
  long?: boolean;
  hint?: string;
  type?: "text" | "url";
}

/** A text with how much of its limit is used. */
export function LimitedField({
  value,
  onChange,
  limit,
  unit = "characters",
  long = false,
  hint,
  ...rest
}: LimitedFieldProps) {
  const { t } = useTranslation("composer");
  const used = lengthOf(value.trim(), unit);
  const count = used > limit * 0.5 ? t("builder.count", { used, limit }) : undefined;
  const below = [hint, count].filter(Boolean).join(" · ") || undefined;
  return long ? (
    <TextArea
      label={rest.label}
      fault={rest.fault}
      rows={3}
      value={value}
      hint={below}
      onChange={(event) => onChange(event.target.value)}
    />
  ) : (
    <TextField {...rest} value={value} hint={below} onChange={(event) => onChange(event.target.value)} />
  );
}
