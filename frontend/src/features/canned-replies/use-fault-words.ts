import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api/errors";
import { useErrorWords } from "@/components/error-words";

/** Words for what the service refused here, else those for anything that fails. */
export function useFaultWords(): (error: unknown) => string {
  const { t } = useTranslation("cannedReplies");
  const others = useErrorWords();
  return (error) => {
    if (
      error instanceof ApiProblem &&
      (error.code === "too_many_canned_replies" || error.code === "not_found")
    )
      return t(`faults.${error.code}`);
    return others(error);
  };
}
