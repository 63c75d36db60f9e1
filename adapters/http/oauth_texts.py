"""The words of the callback page, in the two languages it speaks."""

from typing import Literal

Language = Literal["pt-BR", "en"]

SUCCESS: dict[Language, tuple[str, str, str]] = {
    "pt-BR": (
        "Login concluído",
        "Esta janela se fecha sozinha. Se ela continuar aberta, volte ao aplicativo.",
        "Voltar ao aplicativo",
    ),
    "en": (
        "You are logged in",
        "This window closes by itself. If it stays open, go back to the app.",
        "Back to the app",
    ),
}

FAILURE: dict[Language, tuple[str, str]] = {
    "pt-BR": ("Nada foi conectado", "Feche esta janela e tente de novo no aplicativo."),
    "en": ("Nothing was connected", "Close this window and try again in the app."),
}

DELETED: dict[Language, tuple[str, str]] = {
    "pt-BR": (
        "Pedido concluído",
        (
            "O seu identificador na Meta, as chaves de acesso e os logins em andamento foram apagados. "
            "As contas que você conectou foram desconectadas."
        ),
    ),
    "en": (
        "Request completed",
        (
            "Your id at Meta, the access tokens and logins under way were deleted. "
            "The accounts that you connected were disconnected."
        ),
    ),
}

NOT_DELETED: dict[Language, tuple[str, str]] = {
    "pt-BR": ("Pedido não encontrado", "Não há nenhum pedido com este código. Confira o endereço."),
    "en": ("No such request", "There is no request with this code. Check the address."),
}

REASONS: dict[Language, dict[str, str]] = {
    "pt-BR": {
        "ticket_invalid": "Este link já foi usado ou expirou.",
        "state_invalid": "Este login não começou neste navegador, já foi usado ou expirou.",
        "consent_cancelled": "O login na Meta foi cancelado.",
        "consent_failed": "A Meta encerrou o login sem autorizar.",
        "code_invalid": "A Meta não aceitou o código deste login.",
        "wrong_app": "A autorização recebida é de outro aplicativo da Meta.",
        "no_accounts": "O login não deu acesso a nenhuma Página nem conta do Instagram.",
        "meta_refused": "A Meta recusou o login.",
        "login_not_available": "Esta forma de login não está disponível aqui.",
        "meta_unavailable": "A Meta não respondeu. Tente de novo daqui a pouco.",
        "unavailable": "O serviço não respondeu. Tente de novo daqui a pouco.",
    },
    "en": {
        "ticket_invalid": "This link was already used or is too old.",
        "state_invalid": "This login was not begun in this browser, was already used, or is too old.",
        "consent_cancelled": "The login at Meta was cancelled.",
        "consent_failed": "Meta ended the login without granting anything.",
        "code_invalid": "Meta did not accept the code of this login.",
        "wrong_app": "The authorisation belongs to another Meta app.",
        "no_accounts": "The login gave access to no Page and no Instagram account.",
        "meta_refused": "Meta refused the login.",
        "login_not_available": "This kind of login is not available here.",
        "meta_unavailable": "Meta did not answer. Try again in a moment.",
        "unavailable": "The service did not answer. Try again in a moment.",
    },
}


def preferred(accept_language: str) -> Language:
    """The language the browser would rather read; Portuguese when it names neither."""
    best: tuple[float, Language] = (0.0, "pt-BR")
    for entry in accept_language.split(","):
        tag, _, weight = entry.partition(";q=")
        primary = tag.strip().lower().partition("-")[0]
        language: Language | None = "pt-BR" if primary == "pt" else "en" if primary == "en" else None
        if language is not None and _weight(weight) > best[0]:
            best = (_weight(weight), language)
    return best[1]


def _weight(text: str) -> float:
    try:
        return min(float(text), 1.0) if text else 1.0
    except ValueError:
        return 0.0
