"""The words of the sandbox's login dialog, in Portuguese first."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The dialog in one language."""

    language: str
    other_locale: str
    other_language: str
    not_meta: str
    dialog_title: str
    instagram_title: str
    cannot_load: str
    asks: str
    go_on_as: str
    pages: str
    permissions_title: str
    no_instagram: str
    no_messaging: str
    approve: str
    cancel: str
    permissions: Mapping[str, str]


PORTUGUESE = Texts(
    language="pt-BR",
    other_locale="en_US",
    other_language="English",
    not_meta="Este é um ambiente de teste local. Não é a Meta.",
    dialog_title="Conectar suas Páginas",
    instagram_title="Entrar com o Instagram",
    cannot_load="Não foi possível abrir o login",
    asks="Olá, {person}. O aplicativo Inbox pede acesso ao que está marcado abaixo.",
    go_on_as="Continuar como {person}",
    pages="Páginas",
    permissions_title="Permissões",
    no_instagram="sem conta do Instagram",
    no_messaging="você não tem a tarefa de mensagens nesta Página",
    approve="Continuar",
    cancel="Agora não",
    permissions={
        "pages_show_list": "Ver a lista das suas Páginas",
        "pages_manage_metadata": "Gerenciar as configurações das Páginas",
        "pages_messaging": "Enviar e receber mensagens no Messenger",
        "pages_read_engagement": "Ler o conteúdo das Páginas",
        "instagram_basic": "Ver o perfil do Instagram",
        "instagram_manage_messages": "Enviar e receber mensagens no Instagram",
        "business_management": "Gerenciar o portfólio empresarial",
        "instagram_business_basic": "Ver o perfil da conta",
        "instagram_business_manage_messages": "Ver e responder mensagens",
        "instagram_business_manage_comments": "Ver e responder comentários",
    },
)

ENGLISH = Texts(
    language="en",
    other_locale="pt_BR",
    other_language="Português",
    not_meta="This is a local test environment. It is not Meta.",
    dialog_title="Connect your Pages",
    instagram_title="Log in with Instagram",
    cannot_load="The login could not be opened",
    asks="Hello, {person}. The app Inbox asks for access to what is ticked below.",
    go_on_as="Continue as {person}",
    pages="Pages",
    permissions_title="Permissions",
    no_instagram="no Instagram account",
    no_messaging="you do not have the messaging task on this Page",
    approve="Continue",
    cancel="Not now",
    permissions={
        "pages_show_list": "See the list of your Pages",
        "pages_manage_metadata": "Manage the settings of your Pages",
        "pages_messaging": "Send and receive messages on Messenger",
        "pages_read_engagement": "Read the content of your Pages",
        "instagram_basic": "See the Instagram profile",
        "instagram_manage_messages": "Send and receive messages on Instagram",
        "business_management": "Manage the business portfolio",
        "instagram_business_basic": "See the account's profile",
        "instagram_business_manage_messages": "See and answer messages",
        "instagram_business_manage_comments": "See and answer comments",
    },
)


def texts_for(locale: str | None) -> Texts:
    """The language that the dialog's ``locale`` asks for."""
    return ENGLISH if (locale or "").lower().startswith("en") else PORTUGUESE
