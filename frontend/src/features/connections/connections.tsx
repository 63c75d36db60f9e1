export function MetaInstagramConnect() {
  return <main />;
}
