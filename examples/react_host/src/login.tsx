import { login } from "./inbox-client";

/** Stands for the CRM's own login. */
export function Login() {
  const submit = (form: FormData) => {
    login(String(form.get("service")), String(form.get("token")).trim());
    location.reload();
  };
  return (
    <form action={submit}>
      <h2>Casa Verde CRM</h2>
      <p>The address of the service, and an agent's token (`make run` prints both).</p>
      <label>
        Service <input name="service" defaultValue="http://127.0.0.1:8000" required />
      </label>
      <label>
        Token <input name="token" required />
      </label>
      <button>Entrar</button>
    </form>
  );
}
