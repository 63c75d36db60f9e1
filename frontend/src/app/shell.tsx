import { MessageSquareText, Plug, Settings2, Zap } from "lucide-react";
import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";
import { IconButton } from "@/components/button";
import { Menu, MenuChoice, MenuItem, MenuLine } from "@/components/menu";
import { LiveNotice } from "./live-notice";
import { usePreferences } from "./preferences";
import styles from "./shell.module.css";

const PLACES = [
  { to: "/inbox", name: "inbox", icon: MessageSquareText },
  { to: "/connections", name: "connections", icon: Plug },
  { to: "/canned-replies", name: "cannedReplies", icon: Zap },
] as const;

/** What stands around every screen: where one can go, and how it looks. */
export function Shell() {
  const { t } = useTranslation();
  return (
    <div className={styles.shell}>
      <nav className={styles.nav} aria-label={t("nav.label")}>
        <ul className={styles.places}>
          {PLACES.map(({ to, name, icon: Icon }) => (
            <li key={to}>
              <NavLink to={to} className={styles.place}>
                <Icon size={20} aria-hidden="true" />
                <span>{t(`nav.${name}`)}</span>
              </NavLink>
            </li>
          ))}
        </ul>
        <PreferencesMenu />
      </nav>
      <div className={styles.content}>
        <LiveNotice />
        <Outlet />
      </div>
    </div>
  );
}

function PreferencesMenu() {
  const { t } = useTranslation();
  const { locale, theme, setLocale, setTheme, signOut } = usePreferences();
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <IconButton label={t("preferences.label")}>
          <Settings2 size={20} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuChoice
        label={t("preferences.language")}
        value={locale}
        onChange={setLocale}
        options={[
          { value: "pt-BR", label: "Português (Brasil)" },
          { value: "en", label: "English" },
        ]}
      />
      <MenuLine />
      <MenuChoice
        label={t("preferences.theme")}
        value={theme}
        onChange={setTheme}
        options={[
          { value: "system", label: t("preferences.system") },
          { value: "light", label: t("preferences.light") },
          { value: "dark", label: t("preferences.dark") },
        ]}
      />
      <MenuLine />
      <MenuItem onSelect={signOut}>{t("preferences.signOut")}</MenuItem>
    </Menu>
  );
}
