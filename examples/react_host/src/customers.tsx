/** A page of the CRM that has nothing to do with the inbox: its looks must not change when that is loaded. */
export function Customers() {
  return (
    <main>
      <h2>Clientes</h2>
      <p id="own-text">Marina Costa comprou três vezes este mês.</p>
      <button id="own-button">Novo cliente</button>
    </main>
  );
}
