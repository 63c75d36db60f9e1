import { useId, type ComponentProps, type ReactNode } from "react";
import styles from "./field.module.css";

interface FieldProps extends ComponentProps<"input"> {
  label: string;
  hint?: ReactNode;
  /** What is wrong with what was typed. */
  fault?: string | null;
}

/** One line of text with its name above it. */
export function TextField({ label, hint, fault, className, ...rest }: FieldProps) {
  const id = useId();
  return (
    <div className={[styles.field, className].filter(Boolean).join(" ")}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        id={id}
        className={styles.input}
        aria-invalid={fault ? true : undefined}
        aria-describedby={hint || fault ? `${id}-hint` : undefined}
        {...rest}
      />
      {(fault ?? hint) && (
        <p id={`${id}-hint`} className={styles.hint} data-tone={fault ? "danger" : undefined}>
          {fault ?? hint}
        </p>
      )}
    </div>
  );
}

interface AreaProps extends ComponentProps<"textarea"> {
  label: string;
  hint?: ReactNode;
  fault?: string | null;
}

/** Several lines of text with their name above them. */
export function TextArea({ label, hint, fault, className, ...rest }: AreaProps) {
  const id = useId();
  return (
    <div className={[styles.field, className].filter(Boolean).join(" ")}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <textarea
        id={id}
        className={styles.input}
        rows={4}
        aria-invalid={fault ? true : undefined}
        aria-describedby={hint || fault ? `${id}-hint` : undefined}
        {...rest}
      />
      {(fault ?? hint) && (
        <p id={`${id}-hint`} className={styles.hint} data-tone={fault ? "danger" : undefined}>
          {fault ?? hint}
        </p>
      )}
    </div>
  );
}
