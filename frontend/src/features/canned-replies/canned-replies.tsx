export function CannedReplies() {
  return <main />;
}
