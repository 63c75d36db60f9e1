"""A conversation as Ana uses it: by the names of what is on the screen."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True, slots=True)
class Conversation:
    """The list's row, the messages and the box to write in, of one contact."""

    page: Page
    name: str

    @property
    def row(self) -> Locator:
        """In the list of conversations."""
        listed = self.page.get_by_role("region", name="Lista de conversas")
        return listed.get_by_role("button").filter(has_text=self.name)

    @property
    def log(self) -> Locator:
        """What was said."""
        return self.page.get_by_role("log", name=f"Conversa com {self.name}")

    @property
    def box(self) -> Locator:
        """Where Ana writes."""
        return self.page.get_by_role("textbox", name=f"Mensagem para {self.name}", exact=True)

    def open(self) -> None:
        """From the list."""
        self.row.click()
        expect(self.log).to_be_visible()

    def message(self, text: str) -> Locator:
        """One message, whoever wrote it."""
        return self.log.get_by_role("article").filter(has_text=text)

    def by(self, who: str) -> Locator:
        """Everything that somebody wrote."""
        return self.log.get_by_role("article", name=re.compile(f"^{re.escape(who)}, "))

    def answer(self, text: str) -> None:
        """Writes and sends."""
        self.write(text)
        self.box.press("Enter")
        expect(self.box).to_have_value("")

    def write(self, text: str) -> None:
        """Writes, key by key."""
        self.box.press_sequentially(text)

    def answer_with_file(self, path: Path) -> None:
        """Chooses it, waits for it, sends it."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name="Anexar arquivos").click()
        chooser.value.set_files(path)
        tray = self.page.get_by_role("list", name="Arquivos para enviar")
        expect(tray.get_by_role("button", name=f"Remover {path.name}")).to_be_visible()
        self.page.get_by_role("button", name="Enviar", exact=True).click()
        expect(tray).to_have_count(0)

    def answer_with_buttons(self, text: str, titles: list[str]) -> None:
        """Builds them, each an answer in the conversation."""
        self.page.get_by_role("button", name="Mais opções").click()
        self.page.get_by_role("menuitem", name="Mensagem com botões").click()
        dialog = self.page.get_by_role("dialog", name="Mensagem com botões")
        dialog.get_by_label("Texto", exact=True).fill(text)
        for number, title in enumerate(titles, start=1):
            if number > 1:
                dialog.get_by_role("button", name="Adicionar botão").click()
            part = dialog.get_by_role("group", name=f"Botão {number}")
            part.get_by_label("O que faz").select_option(label="Responde à conversa")
            part.get_by_label("Texto do botão").fill(title)
        dialog.get_by_role("button", name="Enviar").click()
        expect(dialog).to_have_count(0)

    def require_status(self, text: str, words: str) -> None:
        """AssertionError unless the message says so of itself."""
        expect(self.message(text)).to_contain_text(words)

    def require_order(self, texts: list[str]) -> None:
        """AssertionError unless these are all of the messages, each once, in this order."""
        expect(self.log.get_by_role("article")).to_have_count(len(texts))
        expect(self.log.get_by_role("article")).to_contain_text(texts)
