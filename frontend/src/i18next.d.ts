import "i18next";
import type { catalogues } from "@/lib/i18n";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: (typeof catalogues)["pt-BR"];
  }
}
