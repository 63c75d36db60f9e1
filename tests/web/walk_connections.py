"""The connections as Ana uses them: by the names of what is on the screen."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True, slots=True)
class Connections:
    """The place of the connections, and Meta's dialog that it opens."""

    page: Page
    meta: str

    def dialog(self, press: str = "Conectar Instagram") -> Page:
        """Meta's own, in a window."""
        with self.page.expect_popup() as opened:
            self.page.get_by_role("button", name=press).first.click()
        dialog = opened.value
        dialog.wait_for_url(f"{self.meta}/**")
        expect(self.page.get_by_text("Continue na janela da Meta")).to_be_visible()
        return dialog

    def agree(self, dialog: Page) -> None:
        """To everything; the window then closes by itself."""
        with dialog.expect_event("close"):
            dialog.get_by_role("button", name="Continuar", exact=True).click()

    def refuse(self, dialog: Page) -> None:
        """It closes as well."""
        with dialog.expect_event("close"):
            dialog.get_by_role("button", name="Agora não").click()

    @property
    def picker(self) -> Locator:
        """What can be connected."""
        return self.page.get_by_role("dialog", name="Escolha o que conectar")

    def candidate(self, name: str) -> Locator:
        """One that can."""
        return self.picker.get_by_role("checkbox", name=name, exact=True)

    def refused(self, name: str) -> Locator:
        """One that cannot, with the reason."""
        section = self.picker.get_by_role("region", name="Não podem ser conectadas agora")
        return section.get_by_role("listitem").filter(has_text=name)

    def choose(self, name: str) -> None:
        """This one alone."""
        expect(self.candidate(name)).to_be_visible()
        for box in self.picker.get_by_role("checkbox").all():
            box.uncheck()
        self.candidate(name).check()
        self.picker.get_by_role("button", name="Conectar 1 conta").click()
        expect(self.picker).to_have_count(0)

    def account(self, name: str) -> Locator:
        """How one is shown."""
        return self.page.get_by_role("article", name=name, exact=True)

    def require_status(self, name: str, status: str) -> None:
        """AssertionError unless it is shown as that."""
        expect(self.account(name).get_by_text(re.compile(f"^{status}$"))).to_be_visible()
