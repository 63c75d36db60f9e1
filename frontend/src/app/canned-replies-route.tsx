import { CannedReplies } from "@/features/canned-replies/canned-replies";

export function CannedRepliesRoute() {
  return <CannedReplies />;
}
