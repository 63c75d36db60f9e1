"""What goes wrong at a fake Meta, in the words of a test."""

from collections.abc import Generator
from contextlib import contextmanager

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import PASSWORD_CHANGED
from meta_inbox.adapters.meta_graph.world_faults import ANY, Fault, FaultKind

_DOWN = Fault(kind=FaultKind.REFUSE, code=2, subcode=2018344, status=503)
_SILENT = Fault(kind=FaultKind.ACCEPT_THEN_RESET)


class TroublePlayed:
    """Each method is something that Meta does, or that happens to its people's logins."""

    world: World

    def goes_down(self) -> None:
        """From now on every call is answered by an error that passes, and does nothing."""
        self.world.faults.plan(ANY, _DOWN, count=None)

    def comes_back(self) -> None:
        """Calls are answered again."""
        self.world.faults.clear(ANY)

    @contextmanager
    def is_down(self) -> Generator[None]:
        """Down for the length of a block."""
        self.goes_down()
        try:
            yield
        finally:
            self.comes_back()

    def leaves_in_doubt(self, sends: int = 1) -> None:
        """The next sends reach their contacts, and the answer that says so does not reach us."""
        self.world.faults.plan("messages", _SILENT, count=sends)

    def refuses(self, code: int, subcode: int | None = None, *, sends: int = 1) -> None:
        """The next sends are refused with this error of Meta's."""
        refused = Fault(kind=FaultKind.REFUSE, code=code, subcode=subcode, status=400)
        self.world.faults.plan("messages", refused, count=sends)

    def removes_app(self, person: str) -> str:
        """The person with this id takes the app's access back; what Meta then calls with.

        It is for ``inbox.forget_person(signed_request=…)``, or the form field of both callbacks.
        """
        return self.world.access.remove_app(person)

    def token_dies(self) -> None:
        """The person changes the password, so that every token so far is dead; a new login makes new ones."""
        self.world.access.revoke(PASSWORD_CHANGED)
