import { useTranslation } from "react-i18next";
import type { Fault } from "./drafts";

export function useFaultWords(): (fault: Fault | null) => string | null {
  const { t } = useTranslation("composer");
  return (fault) => {
    if (fault === null) return null;
    if (fault.is !== "long") return t(`builder.faults.${fault.is}`);
    return t(fault.unit === "bytes" ? "builder.faults.longBytes" : "builder.faults.long", {
      limit: fault.limit,
    });
  };
}
