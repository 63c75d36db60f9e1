const portuguese = {
  language: "pt-BR",
  other: "English",
  title: "Meta de teste",
  notMeta: "Ambiente local de teste. Aqui você faz o papel do cliente; não é a Meta.",
  contacts: "Quem escreve",
  account: "Para a conta",
  newContact: "Nome da nova pessoa",
  create: "Criar",
  message: "Mensagem",
  send: "Enviar",
  photo: "Foto",
  faults: "Falhas",
  endpoint: "Chamada",
  kind: "O que dá errado",
  count: "Quantas vezes",
  seconds: "Segundos",
  turnOn: "Ligar",
  turnOff: "Desligar todas",
  time: "Relógio da Meta",
  hour: "+1 hora",
  day: "+25 horas",
  week: "+8 dias",
  present: "Agora",
  webhooks: "Entregas ao aplicativo",
  choose: "Escolha ou crie uma pessoa",
  heard: "O aplicativo recebe as mensagens desta conta.",
  unheard: "O aplicativo ainda não recebe as mensagens desta conta: conecte-a primeiro.",
  typing: "digitando…",
  seen: "Visto pela empresa",
  empty: "Nenhuma mensagem ainda.",
  unsent: "Mensagem apagada",
  edited: "editada",
  unsend: "Apagar",
  react: "Reagir com ❤️",
  unreact: "Tirar a reação",
  attachment: "anexo",
  noFaults: "Tudo funciona.",
  noDeliveries: "Nenhuma entrega ainda.",
  forever: "até desligar",
  times: "vezes",
  tries: "tentativas",
  waiting: "na fila",
  noCallback: "sem endereço",
  offline: "O ambiente de teste não responde.",
};

const english = {
  language: "en",
  other: "Português",
  title: "Test Meta",
  notMeta: "A local test environment. Here you play the customer; this is not Meta.",
  contacts: "Who writes",
  account: "To the account",
  newContact: "Name of the new person",
  create: "Create",
  message: "Message",
  send: "Send",
  photo: "Photo",
  faults: "Faults",
  endpoint: "Call",
  kind: "What goes wrong",
  count: "How often",
  seconds: "Seconds",
  turnOn: "Turn on",
  turnOff: "Turn all off",
  time: "Meta's clock",
  hour: "+1 hour",
  day: "+25 hours",
  week: "+8 days",
  present: "Now",
  webhooks: "Deliveries to the app",
  choose: "Choose or create a person",
  heard: "The app receives this account's messages.",
  unheard: "The app does not receive this account's messages yet: connect it first.",
  typing: "typing…",
  seen: "Seen by the business",
  empty: "No messages yet.",
  unsent: "Message unsent",
  edited: "edited",
  unsend: "Unsend",
  react: "React with ❤️",
  unreact: "Take the reaction back",
  attachment: "attachment",
  noFaults: "Everything works.",
  noDeliveries: "No deliveries yet.",
  forever: "until turned off",
  times: "times",
  tries: "tries",
  waiting: "waiting",
  noCallback: "no address",
  offline: "The test environment does not answer.",
};

let current = localStorage.getItem("language") === "en" ? english : portuguese;

export function word(name) {
  return current[name];
}

export function switchLanguage() {
  current = current === english ? portuguese : english;
  localStorage.setItem("language", current.language);
}

export function paintWords() {
  document.documentElement.lang = current.language;
  document.title = current.title;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = current[element.dataset.word];
  }
}
