import { MetaInstagramConnect } from "@/features/connections/connections";

export function ConnectionsRoute() {
  return <MetaInstagramConnect />;
}
