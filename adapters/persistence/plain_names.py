"""Names as they are looked for: whoever types ``livia`` means Lívia too."""

import re
import unicodedata
from typing import LiteralString

_ACCENTS = re.compile("[\u0300-\u036f]+")


def plain_name(text: str) -> str:
    """In lower case and without accents."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text)).lower()


def sql_plain_name(column: LiteralString) -> LiteralString:
    """The same of a column; a name of plain letters, as most are, is not taken apart."""
    apart: LiteralString = "regexp_replace(normalize(" + column + ", NFD), U&'[\\0300-\\036F]+', '', 'g')"
    is_plain: LiteralString = "octet_length(" + column + ") = length(" + column + ")"
    return "lower(case when " + is_plain + " then " + column + " else " + apart + " end)"
