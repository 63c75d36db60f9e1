export interface Selected {
  account: string;
  contact: string;
}

export interface InboxProps {
  /** The conversation that is open; null: none. */
  selected: Selected | null;
  onSelect: (selected: Selected | null) => void;
  /** Asked for when an account must be connected again. */
  onReconnect?: (account: string) => void;
}

export function Inbox({ selected }: InboxProps) {
  return <main data-selected={selected?.contact} />;
}
