import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Candidate } from "@/api/types";
import { Avatar } from "@/components/avatar";
import { candidateName } from "./candidates";
import styles from "./picker.module.css";

interface WhoProps {
  candidate: Candidate;
  id: string;
  /** Of the account that it was connected as before. */
  picture?: string | null;
  children: ReactNode;
}

/** Who a candidate is: its names, its platform, its Page. */
export function Who({ candidate, id, picture = null, children }: WhoProps) {
  const { t } = useTranslation("connections");
  const name = candidateName(candidate) ?? t("picker.unnamed");
  const { username, page_name: page, platform } = candidate;
  const isPage = platform === "messenger" || page === name;
  return (
    <>
      {/* Of what is not connected only Meta has a picture, and its addresses stay out of the page. */}
      <Avatar picture={picture} name={name} size={40} platform={platform} />
      <span className={styles.who}>
        <span id={`${id}-name`} className={styles.name}>
          {name}
        </span>
        <span id={`${id}-facts`} className={styles.facts}>
          <span>
            {[
              t(platform === "instagram" ? "platform.instagram" : "platform.messenger"),
              username && `@${username}`,
              !isPage && page && t("picker.page", { page }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
          {children}
        </span>
      </span>
    </>
  );
}
