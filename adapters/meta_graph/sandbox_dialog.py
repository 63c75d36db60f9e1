"""The login dialog as a page: a plain form, so that a browser without scripts and curl can both use it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State

from meta_inbox.adapters.meta_graph.sandbox_texts import Texts, texts_for
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import has_task
from meta_inbox.adapters.meta_graph.world_errors import GraphError, NoSuchThing
from meta_inbox.adapters.meta_graph.world_oauth import ALWAYS, Dialog
from meta_inbox.adapters.meta_graph.world_values import Page, Person, Role

PATHS = ["/dialog/oauth", "/{version:str}/dialog/oauth"]

Incoming = Request[Any, Any, State]


def dialog_routes(world: World) -> list[Any]:
    """The dialog's two routes; a POST without ``chosen`` and with ``action=approve`` grants everything."""

    @get(PATHS, media_type=MediaType.HTML, sync_to_thread=False)
    def show(request: Incoming) -> Response[str]:
        params = dict(parse_qsl(request.url.query))
        texts = texts_for(params.get("locale"))
        try:
            dialog = world.oauth.dialog(params)
            person = world.oauth.person(params.get("person"))
        except (GraphError, NoSuchThing) as error:
            return dialog_page(texts.cannot_load, f"<p>{escape(str(error))}</p>", texts, status=400)
        return dialog_page(
            texts.dialog_title, _form(world, dialog, person, params, texts), texts, dialog=dialog
        )

    @post(PATHS, media_type=MediaType.HTML)
    async def answer(request: Incoming) -> Response[str]:
        form = parse_qs((await request.body()).decode(errors="replace"))
        params = dict(parse_qsl(request.url.query)) | {
            name: values[-1] for name, values in form.items() if name not in ("page", "permission")
        }
        texts = texts_for(params.get("locale"))
        try:
            location = _answered(world, params, form)
        except (GraphError, NoSuchThing) as error:
            return dialog_page(texts.cannot_load, f"<p>{escape(str(error))}</p>", texts, status=400)
        return Response("", status_code=303, headers={"Location": location, "Cache-Control": "no-store"})

    return [show, answer]


def _answered(world: World, params: Mapping[str, str], form: Mapping[str, list[str]]) -> str:
    """Where the browser goes after the person's answer."""
    dialog = world.oauth.dialog(params)
    if params.get("action") != "approve":
        return world.oauth.cancel(dialog)
    chosen = "chosen" in params
    return world.oauth.approve(
        dialog,
        person_id=params.get("person"),
        page_ids=form.get("page", []) if chosen else None,
        permissions=form.get("permission", []) if chosen else None,
    )


def dialog_page(
    title: str, content: str, texts: Texts, *, dialog: Dialog | None = None, status: int = 200
) -> Response[str]:
    """The form may lead on to the app alone; browsers hold redirects after a form to ``form-action``."""
    target = urlsplit(dialog.redirect_uri) if dialog else None
    onward = f" {target.scheme}://{target.netloc}" if target else ""
    body = (
        f'<!DOCTYPE html><html lang="{texts.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/assets/app.css"></head>'
        f'<body class="dialog"><main><p class="note">{escape(texts.not_meta)}</p>'
        f"<h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self'{onward}",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, status_code=status, headers=headers, media_type=MediaType.HTML)


def _form(world: World, dialog: Dialog, person: Person, params: Mapping[str, str], texts: Texts) -> str:
    pages = "".join(_page_box(world, world.ground.page(role.page_id), role, texts) for role in person.roles)
    asked = [name for name in world.oauth.shown(dialog, person) if name != ALWAYS]
    permissions = "".join(
        choice("permission", name, texts.permissions.get(name, name), name) for name in asked
    )
    other = urlencode({**params, "locale": texts.other_locale})
    return (
        f'<p><a href="?{escape(other)}">{escape(texts.other_language)}</a></p>'
        f"<p>{escape(texts.asks.format(person=person.name))}</p>"
        f"{_people(world, person, params, texts)}"
        f'<form method="post" action="?{escape(urlencode({**params, "person": person.id}))}">'
        '<input type="hidden" name="chosen" value="1">'
        f"<fieldset><legend>{escape(texts.pages)}</legend>{pages}</fieldset>"
        f"<fieldset><legend>{escape(texts.permissions_title)}</legend>{permissions}</fieldset>"
        f"{actions(texts)}</form>"
    )


def actions(texts: Texts) -> str:
    """The buttons that agree or do not."""
    return (
        '<p class="actions"><button name="action" value="approve" class="main">'
        f"{escape(texts.approve)}</button>"
        f'<button name="action" value="cancel">{escape(texts.cancel)}</button></p>'
    )


def _people(world: World, person: Person, params: Mapping[str, str], texts: Texts) -> str:
    others: Sequence[Person] = [one for one in world.ground.state.people.values() if one.id != person.id]
    links = "".join(
        f'<li><a href="?{escape(urlencode({**params, "person": one.id}))}">'
        f"{escape(texts.go_on_as.format(person=one.name))}</a></li>"
        for one in others
    )
    return f"<ul>{links}</ul>" if links else ""


def _page_box(world: World, page: Page, role: Role, texts: Texts) -> str:
    account = world.ground.state.instagram.get(page.instagram_id or "")
    hint = f"Instagram @{account.username}" if account else texts.no_instagram
    if not has_task(role.tasks, "MESSAGING"):
        hint += f" · {texts.no_messaging}"
    return choice("page", page.id, page.name, hint)


def choice(name: str, value: str, label: str, hint: str) -> str:
    """Something to leave ticked."""
    return (
        f'<label class="choice"><input type="checkbox" name="{name}" value="{escape(value)}" checked>'
        f"<span>{escape(label)}<small>{escape(hint)}</small></span></label>"
    )
