"""A shop in the middle of its day: what every picture of the web app is of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from meta_inbox.adapters.meta_graph.world_pictures import scene
from tests.web.contact import Contact
from tests.web.recordings import film, voice
from tests.web.stack import CASA_VERDE, CASAVERDE, Stack, eventually

_REPLIES = {
    "frete": "Entregamos em São Paulo em até 2 dias úteis. O frete é R$ 12, e grátis acima de R$ 150.",
    "horario": "Atendemos de segunda a sexta, das 9h às 18h, e sábado até as 16h.",
    "pix": "Oi, {{contact.name}}! A chave Pix da {{account.name}} é pix@casaverde.example.",
    "troca": "Se a planta não se adaptar em 30 dias, a gente troca: é só mandar uma foto por aqui.",
}
MINUTE, HOUR, DAY = 60, 3600, 86400
LONG = (
    "Oi! Queria entender como funciona a entrega: moro na Vila Madalena, no terceiro andar sem elevador, e "
    "o vaso que vi no site tem 90 cm. Vocês sobem? E se a planta não se adaptar, dá para trocar? Comprei uma "
    "costela-de-adão no ano passado em outro lugar e ela não pegou sol suficiente, então "
    "desta vez prefiro perguntar antes. "
)


@dataclass(slots=True)
class Shop:
    """Its people, by their first names, and our ids of its accounts, by Meta's."""

    stack: Stack
    began: datetime
    accounts: dict[str, str] = field(default_factory=dict[str, str])
    people: dict[str, Contact] = field(default_factory=dict[str, Contact])

    def path(self, who: str) -> str:
        """Where their conversation is in the app."""
        contact = self.people[who]
        return f"/inbox/{self.accounts[contact.account]}/{contact.id}"

    def messages(self, who: str) -> list[dict[str, Any]]:
        """What the service has of it, the newest first."""
        contact = self.people[who]
        found: list[dict[str, Any]] = self.stack.api(
            "GET", f"/messages/{self.accounts[contact.account]}/{contact.id}?limit=100"
        )["messages"]
        return found

    def answers(self, who: str, message: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """The shop sends this."""
        contact = self.people[who]
        to = {"account_id": self.accounts[contact.account], "recipient_id": contact.id}
        headers = {"Authorization": f"Bearer {self.stack.token()}"}
        url = f"{self.stack.parts.base}/send-message"
        answer = self.stack.client.post(url, json=to | {"message": dict(message)} | more, headers=headers)
        found: dict[str, Any] = answer.json()
        return found

    def conversations(self) -> list[dict[str, Any]]:
        """Those of all accounts."""
        found: list[dict[str, Any]] = []
        for account in self.accounts.values():
            found += self.stack.api("GET", f"/conversations/{account}?limit=100")["conversations"]
        return found

    def settled(self, who: str, count: int) -> None:
        """Waits until the service has so many messages of theirs."""
        account = self.accounts[self.people[who].account]

        def has() -> bool:
            listed = self.stack.api("GET", f"/conversations/{account}?limit=100")["conversations"]
            known = any(one["contact_id"] == self.people[who].id for one in listed)
            return known and len(self.messages(who)) >= count

        eventually(has, f"{count} messages of {who}")


def opened(stack: Stack) -> Shop:
    """Everything has happened."""
    shop = Shop(stack, datetime.now(UTC))
    stack.meta("PATCH", "/quirks", {"page_size": 25})
    _meets(shop)
    _before_it_was_connected(shop)
    shop.accounts = stack.connect()
    eventually(
        lambda: shop.stack.api("GET", "/conversations/" + shop.accounts[CASAVERDE])["conversations"],
        "what was said before",
    )
    _everyday(shop)
    _kinds(shop)
    _sent(shop)
    _troubles(shop)
    _comments(shop)
    _all_is_read(shop)
    _unread(shop)
    for shortcut, text in _REPLIES.items():
        stack.api("POST", "/canned-replies", {"shortcut": shortcut, "text": text})
    return shop


def _meets(shop: Shop) -> None:
    """All of them first, in one order, from which their ids follow, and the colours of their pictures."""
    for account, names in _PEOPLE.items():
        for name in names:
            shop.people[name.split()[0]] = shop.stack.contact(name, account)


_PEOPLE = {
    CASAVERDE: (
        "Marina Costa",
        "Bruno Reis",
        "Helena Duarte",
        "Otávio Prado",
        "Lívia Nunes",
        "Rafael Teixeira de Albuquerque Cavalcanti",
        "Cecília Ramos",
        "Davi Lopes",
        "Yara Campos",
        "Antônia Melo",
    ),
    CASA_VERDE: ("Paulo Mendes", "Sônia Braga", "Igor Matos"),
}


def _before_it_was_connected(shop: Shop) -> None:
    antonia = shop.people["Antônia"]
    for days, text in ((40, "Vocês têm adubo orgânico?"), (39, "Obrigada!")):
        antonia.writes(text, ago_seconds=days * DAY)


def _everyday(shop: Shop) -> None:
    marina, people = shop.people["Marina"], shop.people
    people["Otávio"].writes("Vocês abrem no feriado?", ago_seconds=30 * HOUR)
    people["Lívia"].writes("Ainda tem daquele vaso azul?", ago_seconds=9 * DAY)
    people["Cecília"].writes("Consigo buscar hoje às 18h?", ago_seconds=23 * HOUR + 40 * MINUTE)
    people["Sônia"].writes("Qual o horário de vocês no sábado?", ago_seconds=2 * HOUR)
    marina.writes("Oi! Vi a samambaia no perfil de vocês 🌿", ago_seconds=50 * HOUR)
    first = marina.writes("Vocês entregam hoje?", ago_seconds=3 * HOUR)
    shop.settled("Marina", 2)
    to = next(one["id"] for one in shop.messages("Marina") if one["text"] == "Vocês entregam hoje?")
    shop.answers("Marina", {"type": "text", "text": "Oi, Marina! Entregamos sim, até as 18h."}, reply_to=to)
    shop.answers("Marina", {"type": "text", "text": "Em qual bairro você está?"})
    marina.reacts(first)
    marina.reads()
    marina.writes("Pinheiros, na Rua dos Pinheiros, 1000")
    slip = marina.writes("Perto do metro")
    marina.edits(slip, "Perto do metrô Fradique Coutinho")
    gone = marina.writes("Esquece")
    marina.unsends(gone)
    marina.writes("Quanto fica o frete?", reply_to=marina.thread()[-4]["mid"])
    shop.settled("Marina", 8)


def _kinds(shop: Shop) -> None:
    """Everything that somebody can send on Instagram, and what Messenger has besides."""
    helena, paulo, stack = shop.people["Helena"], shop.people["Paulo"], shop.stack
    scenes = {one["name"]: one["url"] for one in stack.meta("GET", "/pictures")}
    ad = {
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ad_id": "23851",
        "ads_context_data": {"ad_title": "Dia das Mães"},
    }
    helena.writes("Vim pelo anúncio, a promoção ainda vale?", referral=ad)
    helena.sends(attachments=[_file("image", scenes["garden"])])
    helena.sends(attachments=[_file("image", url) for url in [*scenes.values(), *scenes.values()][:5]])
    helena.sends(attachments=[_file("audio", _put(stack, voice(), "audio/mpeg"))])
    shot = _put(stack, film(scene("garden")), "video/webm")
    helena.sends(attachments=[_file("video", shot)])
    helena.answers_story("Que lindo esse pôr do sol!")
    stack.meta("POST", f"/contacts/{helena.id}/story-mentions", {})
    helena.sends(attachments=[{"type": "share", "payload": {"url": "https://www.instagram.com/p/C0/"}}])
    helena.sends(unsupported=True)
    helena.reacts(helena.writes("Adorei 😍"), "love")
    paulo.sends(attachments=[_file("file", _put(stack, b"%PDF-1.4 orcamento" * 90, "application/pdf"))])
    where = {"coordinates": {"lat": -23.5617, "long": -46.6823}}
    paulo.sends(attachments=[{"type": "location", "payload": where}])
    paulo.presses("HOURS", "Horário de atendimento")
    paulo.writes("Sábado", quick_reply="SATURDAY")
    shop.settled("Helena", 10)
    shop.settled("Paulo", 4)
    eventually(lambda: not _fetching(shop), "every file")


def _sent(shop: Shop) -> None:
    """Everything that the shop can send, and what came from elsewhere in its name."""
    bruno = shop.people["Bruno"]
    bruno.writes("Bom dia! Quero montar um jardim na varanda.", ago_seconds=HOUR)
    shop.settled("Bruno", 1)
    links = [
        {"type": "web_url", "title": "Ver o catálogo", "url": "https://casaverde.example/catalogo"},
        {"type": "postback", "title": "Falar com alguém", "payload": "PERSON"},
    ]
    shop.answers(
        "Bruno", {"type": "buttons", "text": "Bom dia, Bruno! Por onde começamos?", "buttons": links}
    )
    tapped = [{"title": each, "payload": each} for each in ("Sol", "Meia-sombra", "Sombra")]
    shop.answers("Bruno", {"type": "quick_replies", "text": "Quanto sol pega aí?", "quick_replies": tapped})
    cards = [
        {"title": title, "subtitle": text, "buttons": links[:1]}
        for title, text in (("Jiboia", "Pede pouca luz · R$ 39"), ("Lavanda", "Sol pleno · R$ 29"))
    ]
    shop.answers("Bruno", {"type": "cards", "cards": cards})
    shop.answers("Bruno", {"type": "text", "text": LONG * 4}, split=True)
    shop.stack.meta(
        "POST", f"/contacts/{bruno.id}/native-replies", {"text": "Te mandei também o orçamento 😉"}
    )
    shop.stack.meta(
        "POST", f"/contacts/{bruno.id}/native-replies", {"text": "Pedido 1042 recebido", "app_id": 771}
    )
    shop.settled("Bruno", 7)


def _troubles(shop: Shop) -> None:
    yara, igor, stack = shop.people["Yara"], shop.people["Igor"], shop.stack
    yara.writes("Vocês entregam em Pinheiros?", ago_seconds=10 * MINUTE)
    igor.writes("Bom dia", ago_seconds=20 * MINUTE)
    shop.settled("Yara", 1)
    shop.settled("Igor", 1)
    eventually(lambda: _named(shop), "everybody's name")
    stack.meta("PATCH", f"/contacts/{yara.id}", {"available": False})
    shop.answers("Yara", {"type": "text", "text": "Entregamos! O frete é R$ 12."})
    stack.meta("PATCH", f"/contacts/{yara.id}", {"available": True})
    stack.meta("POST", "/faults", {"endpoint": "messages", "kind": "drop", "count": 1})
    shop.answers("Yara", {"type": "text", "text": "Posso reservar para você?"})
    stack.meta("DELETE", "/faults")
    stack.meta(
        "POST", "/faults", {"endpoint": "messages", "kind": "throttle", "count": None, "seconds": 1200}
    )
    shop.answers("Igor", {"type": "text", "text": "Bom dia, Igor! Como posso ajudar?"})
    stack.meta("DELETE", "/faults")


def _comments(shop: Shop) -> None:
    davi = shop.people["Davi"]
    davi.comments("Que vaso lindo! Quanto custa?")
    public = Contact(id=f"comments:{davi.id}", account=davi.account, meta=davi.meta)
    shop.people["Davi, in public"] = public
    shop.settled("Davi, in public", 1)


def _all_is_read(shop: Shop) -> None:
    """So that no picture changes what the next one shows."""
    for contact in shop.people.values():
        account = shop.accounts[contact.account]
        if any(one["contact_id"] == contact.id for one in shop.conversations()):
            shop.stack.api("POST", f"/conversations/{account}/{contact.id}/read")


def _unread(shop: Shop) -> None:
    """What no picture opens."""
    shop.people["Davi"].sends(photo=True)
    shop.settled("Davi", 1)
    shop.people["Rafael"].writes(LONG)
    shop.settled("Rafael", 1)
    eventually(lambda: not _fetching(shop), "Davi's photo")
    eventually(lambda: _named(shop), "everybody's name")


def _named(shop: Shop) -> bool:
    """Whoever commented is known by their username alone."""
    return all(one["contact"]["name"] or one["kind"] == "comments" for one in shop.conversations())


def _fetching(shop: Shop) -> list[Any]:
    found = [message for who in ("Helena", "Paulo", "Davi") for message in shop.messages(who)]
    files = [file for one in found for file in one["attachments"] if file["type"] != "story_mention"]
    return [file for file in files if file["state"] == "pending"]


def _file(kind: str, url: str) -> dict[str, Any]:
    return {"type": kind, "payload": {"url": url}}


def _put(stack: Stack, content: bytes, kind: str) -> str:
    answer = stack.client.post(f"{stack.meta_url}/sandbox/media", params={"kind": kind}, content=content)
    return str(answer.raise_for_status().json()["url"])
