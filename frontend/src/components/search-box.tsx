import { Search } from "lucide-react";
import type { ComponentProps } from "react";
import styles from "./search-box.module.css";

interface SearchBoxProps extends Omit<ComponentProps<"input">, "onChange" | "type" | "size"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  size?: "small" | "medium";
}

/** What is looked for, behind a glass. */
export function SearchBox({ label, onChange, className, size = "medium", ...rest }: SearchBoxProps) {
  return (
    <span className={[styles.box, className].filter(Boolean).join(" ")} data-size={size}>
      <Search size={size === "small" ? 16 : 17} aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        className={styles.input}
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      />
    </span>
  );
}
