"""Instagram Login's dialog as a page: which account logs in, and what it leaves ticked."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from litestar import MediaType, Response, get, post

from meta_inbox.adapters.meta_graph.sandbox_dialog import Incoming, actions, choice, dialog_page
from meta_inbox.adapters.meta_graph.sandbox_texts import Texts, texts_for
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_errors import GraphError, NoSuchThing
from meta_inbox.adapters.meta_graph.world_oauth import Dialog
from meta_inbox.adapters.meta_graph.world_values import InstagramAccount

PATH = "/instagram/oauth/authorize"


def instagram_dialog_routes(world: World) -> list[Any]:
    """The dialog's two routes; a POST without ``chosen`` and with ``action=approve`` grants everything."""

    @get(PATH, media_type=MediaType.HTML, sync_to_thread=False)
    def show(request: Incoming) -> Response[str]:
        params = dict(parse_qsl(request.url.query))
        texts = texts_for(params.get("locale"))
        try:
            dialog = world.instagram_login.dialog(params)
            account = world.instagram_login.account(params.get("account"))
        except (GraphError, NoSuchThing) as error:
            return dialog_page(texts.cannot_load, f"<p>{escape(str(error))}</p>", texts, status=400)
        form = _form(world, dialog, account, params, texts)
        return dialog_page(texts.instagram_title, form, texts, dialog=dialog)

    @post(PATH, media_type=MediaType.HTML)
    async def answer(request: Incoming) -> Response[str]:
        form = parse_qs((await request.body()).decode(errors="replace"))
        params = dict(parse_qsl(request.url.query)) | {
            name: values[-1] for name, values in form.items() if name != "permission"
        }
        texts = texts_for(params.get("locale"))
        try:
            location = _answered(world, params, form)
        except (GraphError, NoSuchThing) as error:
            return dialog_page(texts.cannot_load, f"<p>{escape(str(error))}</p>", texts, status=400)
        return Response("", status_code=303, headers={"Location": location, "Cache-Control": "no-store"})

    return [show, answer]


def _answered(world: World, params: Mapping[str, str], form: Mapping[str, list[str]]) -> str:
    """Where the browser goes after the answer."""
    login = world.instagram_login
    dialog = login.dialog(params)
    if params.get("action") != "approve":
        return login.cancel(dialog)
    ticked = form.get("permission", []) if "chosen" in params else None
    return login.approve(dialog, account_id=params.get("account"), permissions=ticked)


def _form(
    world: World, dialog: Dialog, account: InstagramAccount, params: Mapping[str, str], texts: Texts
) -> str:
    boxes = "".join(
        choice("permission", name, texts.permissions.get(name, name), name) for name in dialog.permissions
    )
    other = urlencode({**params, "locale": texts.other_locale})
    return (
        f'<p><a href="?{escape(other)}">{escape(texts.other_language)}</a></p>'
        f"<p>{escape(texts.asks.format(person='@' + account.username))}</p>"
        f"{_accounts(world, account, params, texts)}"
        f'<form method="post" action="?{escape(urlencode({**params, "account": account.id}))}">'
        '<input type="hidden" name="chosen" value="1">'
        f"<fieldset><legend>{escape(texts.permissions_title)}</legend>{boxes}</fieldset>"
        f"{actions(texts)}</form>"
    )


def _accounts(world: World, account: InstagramAccount, params: Mapping[str, str], texts: Texts) -> str:
    others = [one for one in world.ground.state.instagram.values() if one.id != account.id]
    links = "".join(
        f'<li><a href="?{escape(urlencode({**params, "account": one.id}))}">'
        f"{escape(texts.go_on_as.format(person='@' + one.username))}</a></li>"
        for one in others
    )
    return f"<ul>{links}</ul>" if links else ""
