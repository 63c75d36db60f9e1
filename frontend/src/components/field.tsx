import { useId, type ComponentProps, type ReactNode } from "react";
import styles from "./field.module.css";

interface Named {
  label: string;
  hint?: ReactNode;
  /** What is wrong with what was typed. */
  fault?: string | null;
}

/** One line of text with its name above it. */
export function TextField({ label, hint, fault, className, ...rest }: Named & ComponentProps<"input">) {
  return (
    <Field label={label} hint={hint} fault={fault} className={className}>
      {(told) => <input {...told} {...rest} />}
    </Field>
  );
}

/** Several lines of text with their name above them. */
export function TextArea({ label, hint, fault, className, ...rest }: Named & ComponentProps<"textarea">) {
  return (
    <Field label={label} hint={hint} fault={fault} className={className}>
      {(told) => <textarea rows={4} {...told} {...rest} />}
    </Field>
  );
}

interface FieldProps extends Named {
  className: string | undefined;
  /** Makes the control of what ties it to its name and its hint. */
  children: (
    told: Pick<ComponentProps<"input">, "id" | "className" | "aria-invalid" | "aria-describedby">,
  ) => ReactNode;
}

function Field({ label, hint, fault, className, children }: FieldProps) {
  const id = useId();
  const below = fault || hint;
  return (
    <div className={[styles.field, className].filter(Boolean).join(" ")}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children({
        id,
        className: styles.input,
        "aria-invalid": fault ? true : undefined,
        "aria-describedby": below ? `${id}-hint` : undefined,
      })}
      {below && (
        <p id={`${id}-hint`} className={styles.hint} data-tone={fault ? "danger" : undefined}>
          {below}
        </p>
      )}
    </div>
  );
}
