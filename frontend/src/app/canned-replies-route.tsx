import { CannedReplies } from "@/features/canned-replies/canned-replies";
import styles from "./canned-replies-route.module.css";

export function CannedRepliesRoute() {
  return (
    <main className={styles.place}>
      <CannedReplies />
    </main>
  );
}
