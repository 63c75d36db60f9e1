import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useRef, type FocusEvent } from "react";
import { useOverlay } from "@/lib/root";
import type { ChoiceProps, ItemProps, OpenMenuProps } from "./menu";
import styles from "./menu.module.css";

/** What a menu is made of once it is opened; nothing else may import this file, so that it comes then. */
export function OpenMenu({ trigger, children, align, side, byKeys }: OpenMenuProps) {
  const overlay = useOverlay();
  const toFirst = useRef(byKeys);
  // It did not exist yet when the key was pressed that opened it.
  const focused = ({ target, currentTarget }: FocusEvent<HTMLElement>) => {
    if (!toFirst.current || target !== currentTarget) return;
    toFirst.current = false;
    currentTarget.querySelector<HTMLElement>("[role^=menuitem]:not([data-disabled])")?.focus();
  };
  return (
    // Not modal: that would put a style element into the page, which its content-security-policy refuses.
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={overlay}>
        <DropdownMenu.Content
          className={styles.menu}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onFocus={focused}
        >
          {typeof children === "function" ? children() : children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function Item({ onSelect, children, icon, tone = "neutral", disabled = false }: ItemProps) {
  return (
    <DropdownMenu.Item className={styles.item} data-tone={tone} onSelect={onSelect} disabled={disabled}>
      {icon}
      {children}
    </DropdownMenu.Item>
  );
}

export function Choice<T extends string>({ label, value, onChange, options }: ChoiceProps<T>) {
  return (
    <DropdownMenu.RadioGroup
      value={value}
      onValueChange={(chosen) => onChange(chosen as T)}
      aria-label={label}
    >
      <DropdownMenu.Label className={styles.label}>{label}</DropdownMenu.Label>
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} className={styles.item}>
          {option.label}
          <DropdownMenu.ItemIndicator className={styles.chosen}>
            <Check size={16} aria-hidden="true" />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export const Line = () => <DropdownMenu.Separator className={styles.line} />;
