import { NavLink, Outlet } from "react-router";
import { isLoggedIn } from "./inbox-client";
import { Login } from "./login";

/** The CRM around every page of its own. */
export function Crm() {
  if (!isLoggedIn()) return <Login />;
  return (
    <>
      <header>
        <strong>Casa Verde CRM</strong>
        <nav>
          <NavLink to="/">Clientes</NavLink>
          <NavLink to="/messages">Mensagens</NavLink>
          <NavLink to="/settings">Ajustes</NavLink>
        </nav>
      </header>
      <Outlet />
    </>
  );
}
