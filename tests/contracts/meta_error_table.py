"""Meta's errors as its documentation and production have them, written down apart from the code.

One line an error: code, subcode (``-`` for none), class, and the word that people and programs get from us.
W = wait and try again, W1 = once more, R = a new login, D = this message is refused, C = something must be
set up at Meta, U = nobody knows whether it was sent.
"""

from typing import NamedTuple

_LINES = """
-1 2534023 D private_reply_used
1 - U outcome_unknown
1 1357046 U outcome_unknown
1 1357031 D refused_by_meta
2 - U outcome_unknown
2 2018344 W meta_unavailable
3 - C account_not_sendable
4 - W rate_limited
4 2018354 W rate_limited
9 2018352 W rate_limited
10 - C account_not_sendable
10 2018278 D window_closed
10 2534022 D window_closed
10 2018065 D window_closed
10 2018108 D recipient_unavailable
10 1404170 C account_not_sendable
10 1893015 C account_not_sendable
10 2018336 C account_not_sendable
10 1893063 W account_restricted
10 2534077 C account_not_sendable
17 - W rate_limited
32 - W rate_limited
33 - D refused_by_meta
99 - U outcome_unknown
100 - D refused_by_meta
100 33 D refused_by_meta
100 2018001 D recipient_unavailable
100 2534014 D recipient_unavailable
100 2018008 W1 media_type
100 2018047 W1 media_type
100 2018074 D media_type
100 2018109 D media_too_large
100 2018294 W1 media_type
100 2018164 C account_not_sendable
100 2018014 D refused_by_meta
100 2018320 D refused_by_meta
100 2018328 D refused_by_meta
100 2018218 D refused_by_meta
100 2534013 C account_not_sendable
100 2534015 D refused_by_meta
100 2534025 D window_closed
100 2534029 D recipient_unavailable
100 2534037 D not_thread_owner
100 36007 D refused_by_meta
100 36008 D refused_by_meta
100 36009 D refused_by_meta
102 - R reauth_required
104 - C account_not_sendable
190 - R reauth_required
190 458 R reauth_required
190 459 R reauth_required
190 460 R reauth_required
190 463 R reauth_required
190 464 R reauth_required
190 467 R reauth_required
190 492 R reauth_required
200 - C account_not_sendable
200 1545041 D recipient_unavailable
551 - D recipient_unavailable
551 1545041 D recipient_unavailable
200 2018021 C account_not_sendable
200 2018027 C account_not_sendable
200 2018028 C account_not_sendable
200 2534041 C account_not_sendable
230 - D refused_by_meta
341 - W rate_limited
368 - W account_restricted
506 - D refused_by_meta
613 - W rate_limited
613 1996 W rate_limited
613 1893016 W rate_limited
613 2018338 W rate_limited
613 2534040 W rate_limited
803 - D refused_by_meta
2022 - C account_not_sendable
2500 - D refused_by_meta
9010 - D refused_by_meta
10303 - D not_supported_here
10900 - D private_reply_used
10903 - D window_closed
36103 - C account_not_sendable
2018218 - D refused_by_meta
2018247 - D refused_by_meta
2018300 - D not_thread_owner
2018321 - D refused_by_meta
9000001 - D refused_by_meta
80000 - W rate_limited
80001 - W rate_limited
80002 - W rate_limited
80003 - W rate_limited
80004 - W rate_limited
80005 - W rate_limited
80006 - W rate_limited
80008 - W rate_limited
"""


class Row(NamedTuple):
    """One error."""

    code: int
    subcode: int | None
    kind: str
    ours: str


def _row(line: str) -> Row:
    code, subcode, kind, ours = line.split()
    return Row(int(code), None if subcode == "-" else int(subcode), kind, ours)


ROWS = [
    *map(_row, _LINES.split("\n")[1:-1]),
    *(Row(100, subcode, "D", "media_type") for subcode in range(2018173, 2018189)),
    *(Row(code, None, "C", "account_not_sendable") for code in range(201, 300) if code != 230),
]
