"""The web app of our own server: its page at every address that is nobody else's, and the files it names."""

from collections.abc import Mapping

from meta_inbox.adapters.http.asgi import Headers, Scope, Send, answer, header_values
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.adapters.http.problems import Rejection, problem, raw_problem
from meta_inbox.adapters.http.web_build import INDEX, Form, WebFile, below, to_serve

_TAKEN = ("/api", "/health", "/metrics")
_READS = ("GET", "HEAD")
_ONLY_READ = Rejection(405, "method_not_allowed", "this address is only read", {"Allow": "GET, HEAD"})
_NO_FILE = Rejection(404, "not_found", "there is no such file")
_NOT_BUILT = """The web app is not built.

In a checkout, `make run` builds it and starts everything. To build it alone, in frontend/:
`npm ci`, then `npm run build`; then start this service again.

The API is there all the same: {api}
"""


def page_headers(options: HttpOptions) -> Headers:
    """What the page may load and do, and who may frame it; scripts and workers are told the same."""
    live = options.own_origin.replace("http", "ws", 1)
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        f"media-src 'self' blob:; font-src 'self'; connect-src 'self' {live}; worker-src 'self' blob:; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {' '.join(options.origins)}"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"permissions-policy", b"microphone=(self), camera=(), geolocation=()"),
        # The window of a login visits Meta and comes back with word for the page that opened it.
        (b"cross-origin-opener-policy", b"same-origin-allow-popups"),
    ]


class WebApp:
    """Serves what was built, from memory; ``build`` is empty where it was not, which the page says then.

    A path is looked up among the files and never taken apart, so that none leads out of the build.
    """

    def __init__(self, build: Mapping[str, bytes], options: HttpOptions) -> None:
        files = {path: to_serve(path, body) for path, body in build.items()}
        if INDEX in build:
            files[INDEX] = to_serve(INDEX, below(options.mount_path, build[INDEX]))
        self._files = files
        self._headers = page_headers(options)
        self._not_built = _NOT_BUILT.format(api=options.base_url).encode()

    @staticmethod
    def serves(path: str) -> bool:
        """Whether the address is the web app's."""
        return not any(path == taken or path.startswith(f"{taken}/") for taken in _TAKEN)

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answers one request for an address that it serves."""
        path: str = scope["path"]
        is_page = path not in self._files and "." not in path.rpartition("/")[2]
        scope["path_template"] = "/" if is_page else "/assets"
        if scope["method"] not in _READS:
            await _refuse(scope, send, _ONLY_READ)
        elif found := self._files.get(INDEX if is_page else path):
            await self._give(scope, send, _chosen(scope, found))
        elif is_page:
            headers: Headers = [(b"content-type", b"text/plain; charset=utf-8"), *self._headers]
            await _respond(scope, send, 404, headers, self._not_built)
        else:
            await _refuse(scope, send, _NO_FILE)

    async def _give(self, scope: Scope, send: Send, form: Form) -> None:
        headers = [*form.headers, *self._headers]
        if _is_known(scope, form.tag):
            kept = [pair for pair in headers if not pair[0].startswith(b"content-e")]
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
        else:
            await _respond(scope, send, 200, headers, form.body)


def _chosen(scope: Scope, file: WebFile) -> Form:
    if file.packed is None:
        return file.plain
    for value in header_values(scope, b"accept-encoding"):
        for offered in value.lower().split(b","):
            name, _, weight = offered.replace(b" ", b"").partition(b";")
            if name == b"gzip" and weight.rstrip(b".0") != b"q=":
                return file.packed
    return file.plain


def _is_known(scope: Scope, tag: bytes) -> bool:
    known = [one.strip() for value in header_values(scope, b"if-none-match") for one in value.split(b",")]
    return b"*" in known or tag in (one.removeprefix(b"W/") for one in known)


async def _refuse(scope: Scope, send: Send, why: Rejection) -> None:
    status, headers, body = raw_problem(problem(why.status, why.code, why.detail), why.headers)
    await _respond(scope, send, status, headers, body)


async def _respond(scope: Scope, send: Send, status: int, headers: Headers, body: bytes) -> None:
    if scope["method"] != "HEAD":
        await answer(send, status, headers, body)
        return
    sized = [*headers, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": sized})
    await send({"type": "http.response.body", "body": b""})
