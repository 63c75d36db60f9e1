import { useQuery } from "@tanstack/react-query";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";

export function useAccounts() {
  const client = useClient();
  return useQuery({ queryKey: keys.accounts, queryFn: client.accounts });
}
