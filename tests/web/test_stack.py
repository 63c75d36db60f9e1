"""What the other tests of the browser stand on: accounts, contacts, and a service that may be killed."""

from tests.web.stack import CASA_VERDE, CASAVERDE, Stack, eventually


def test_what_a_contact_does_arrives_and_is_answered(stack: Stack) -> None:
    accounts = stack.connect()
    assert {CASA_VERDE, CASAVERDE} <= accounts.keys()
    account = accounts[CASAVERDE]
    marina = stack.contact("Marina", CASAVERDE)
    mid = marina.writes("Vocês entregam hoje?")
    marina.reacts(mid)
    where = f"/messages/{account}/{marina.id}"
    eventually(lambda: _seen(stack, account, where), "the message and its reaction are here")
    body = {"account_id": account, "recipient_id": marina.id, "message": {"type": "text", "text": "Sim!"}}
    stack.api("POST", "/send-message", body)
    assert marina.thread()[-1]["text"] == "Sim!"


def test_each_test_has_a_tenant_and_a_meta_of_its_own(stack: Stack) -> None:
    assert stack.accounts() == {}
    assert stack.meta("GET", "/ledger") == []


def test_the_service_can_be_killed_and_comes_back_as_it_was(stack: Stack) -> None:
    before = stack.connect()
    stack.parts.service.kill()
    stack.parts.service.start()
    assert stack.accounts() == before


def _seen(stack: Stack, account: str, where: str) -> bool:
    if not stack.api("GET", f"/conversations/{account}")["conversations"]:
        return False
    (message,) = stack.api("GET", where)["messages"]
    return bool(message["text"] == "Vocês entregam hoje?" and message["reactions"])
