import { useQuery } from "@tanstack/react-query";
import { keys } from "./keys";
import { useClient } from "./root";

/** Whose session it is, and what it may do. */
export function useMe() {
  const client = useClient();
  return useQuery({ queryKey: keys.me, queryFn: client.me, staleTime: Infinity });
}
