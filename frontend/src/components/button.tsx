import type { ComponentProps } from "react";
import { Spinner } from "./spinner";
import styles from "./button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
  look?: "primary" | "plain" | "quiet" | "danger";
  size?: "small" | "medium";
  /** It works on it: shown, and not to be pressed meanwhile. */
  busy?: boolean;
}

export function Button({
  look = "plain",
  size = "medium",
  busy = false,
  children,
  disabled,
  className,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, className].filter(Boolean).join(" ")}
      data-look={look}
      data-size={size}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "aria-label" | "look"> {
  /** What it does, in words: for screen readers, and shown when the pointer rests on it. */
  label: string;
  look?: "quiet" | "primary" | "plain";
}

export function IconButton({ label, look = "quiet", className, ...rest }: IconButtonProps) {
  return (
    <Button
      {...rest}
      look={look}
      aria-label={label}
      title={label}
      className={[styles.icon, className].filter(Boolean).join(" ")}
    />
  );
}
