"""The table of Meta's errors in Markdown, as docs/errors.md has it, so that the two cannot differ."""

from collections.abc import Iterator

from meta_inbox.adapters.meta_graph.graph_errors import RANGES, SUBCODE_RANGES, TABLE, Class, Verdict

_HEAD = ("| code | subcode | becomes | our `code` | meaning |", "|---|---|---|---|---|")
_BECOMES = {
    Class.WAIT: "waits",
    Class.REAUTHORISE: "needs a login",
    Class.DROP: "fails",
    Class.CONFIGURE: "fails until set up",
    Class.UNCERTAIN: "unknown",
}


def error_table() -> str:
    """One row an error."""
    return "\n".join((*_HEAD, *_lines())) + "\n"


def _lines() -> Iterator[str]:
    rows = [
        ((code, subcode or 0), str(code), _number(subcode), verdict)
        for (code, subcode), verdict in TABLE.items()
    ]
    rows += [((codes[0], 0), _span(codes), "", verdict) for codes, verdict in RANGES]
    rows += [((code, subs[0]), str(code), _span(subs), verdict) for code, subs, verdict in SUBCODE_RANGES]
    for _, code, subcode, verdict in sorted(rows, key=lambda row: row[0]):
        yield f"| {code} | {subcode} | {_becomes(verdict)} | `{verdict.code}` | {verdict.detail} |"


def _becomes(verdict: Verdict) -> str:
    return "waits once" if verdict.once else _BECOMES[verdict.kind]


def _number(subcode: int | None) -> str:
    return "" if subcode is None else str(subcode)


def _span(numbers: range) -> str:
    return f"{numbers[0]} to {numbers[-1]}"
