import {
  cloneElement,
  useState,
  type ComponentProps,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
} from "react";
import { late } from "@/lib/late";

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<ComponentProps<"button">>;
  /** What is in it; a function is not called before it is opened. */
  children: ReactNode | (() => ReactNode);
  align?: "start" | "end";
  side?: "top" | "bottom";
}

export interface OpenMenuProps extends Required<MenuProps> {
  /** Whether a key opened it: then the first command has the focus. */
  byKeys: boolean;
}

export interface ItemProps {
  onSelect: () => void;
  children: ReactNode;
  icon?: ReactNode;
  tone?: "neutral" | "danger";
  disabled?: boolean;
}

export interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: { value: T; label: string }[];
}

/** What menus are made of: none is open when a page begins. */
export const menuKit = late(() => import("./menu-kit"));

/** A menu of commands behind a button, worked by keys as well. It is made when it is first opened. */
export function Menu({ trigger, children, align = "end", side = "bottom" }: MenuProps) {
  const [made, setMade] = useState<{ byKeys: boolean } | null>(null);
  const kit = menuKit.now();
  if (made && kit) {
    return (
      <kit.OpenMenu trigger={trigger} align={align} side={side} byKeys={made.byKeys}>
        {children}
      </kit.OpenMenu>
    );
  }
  const make = (byKeys: boolean) => {
    if (kit) setMade({ byKeys });
    else
      menuKit.fetch().then(
        () => setMade({ byKeys }),
        () => undefined, // the next press tries again
      );
  };
  return cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: menuKit.prepare,
    onFocus: menuKit.prepare,
    onClick: ({ detail }: MouseEvent) => make(detail === 0),
    onKeyDown: (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      make(true);
    },
  });
}

export function MenuItem(props: ItemProps) {
  const kit = menuKit.now();
  return kit && <kit.Item {...props} />;
}

/** One of several, inside a menu. */
export function MenuChoice<T extends string>(props: ChoiceProps<T>) {
  const kit = menuKit.now();
  return kit && <kit.Choice {...props} />;
}

export function MenuLine() {
  const kit = menuKit.now();
  return kit && <kit.Line />;
}
