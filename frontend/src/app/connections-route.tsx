import { useState } from "react";
import { MetaInstagramConnect } from "@/features/connections/connections";
import { takeFromAddress } from "@/lib/address";
import styles from "./connections-route.module.css";

/** The connections; a login that went on in this tab comes back here with its outcome in the address. */
export function ConnectionsRoute() {
  const [completion] = useState(() => takeFromAddress("completion"));
  return (
    <main className={styles.place}>
      <MetaInstagramConnect completion={completion} />
    </main>
  );
}
