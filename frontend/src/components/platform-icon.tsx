import { useId } from "react";

/** The sign of Instagram or Messenger; decoration beside the word. */
export function PlatformIcon({ platform, size = 18 }: { platform: string; size?: number }) {
  return platform === "instagram" ? <Instagram size={size} /> : <Messenger size={size} />;
}

function Instagram({ size }: { size: number }) {
  const paint = useId();
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <defs>
        <linearGradient id={paint} x1="0" y1="1" x2="1" y2="0">
          <stop offset="0" stopColor="#feda75" />
          <stop offset="0.35" stopColor="#fa7e1e" />
          <stop offset="0.65" stopColor="#d62976" />
          <stop offset="1" stopColor="#4f5bd5" />
        </linearGradient>
      </defs>
      <rect x="1" y="1" width="22" height="22" rx="6.5" fill={`url(#${paint})`} />
      <rect x="5.6" y="5.6" width="12.8" height="12.8" rx="4" fill="none" stroke="#fff" strokeWidth="1.8" />
      <circle cx="12" cy="12" r="3.1" fill="none" stroke="#fff" strokeWidth="1.8" />
      <circle cx="15.9" cy="8.1" r="1.1" fill="#fff" />
    </svg>
  );
}

function Messenger({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path
        d="M12 1.5C6 1.5 1.5 5.9 1.5 11.8c0 3.1 1.3 5.8 3.4 7.7.2.2.3.4.3.6l.1 1.9c0 .6.6 1 1.2.8l2.1-1c.2 0 .4-.1.6 0 .9.2 1.8.4 2.8.4 6 0 10.5-4.4 10.5-10.4S18 1.5 12 1.5z"
        fill="#0a6cff"
      />
      <path
        d="m5.7 14.8 3.1-4.9c.5-.8 1.5-1 2.3-.4l2.4 1.8c.2.2.5.2.7 0l3.3-2.5c.4-.3 1 .2.7.6l-3.1 4.9c-.5.8-1.5 1-2.3.4l-2.4-1.8c-.2-.2-.5-.2-.7 0l-3.3 2.5c-.4.3-1-.2-.7-.6z"
        fill="#fff"
      />
    </svg>
  );
}
