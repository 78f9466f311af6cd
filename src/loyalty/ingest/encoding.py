"""Which encoding a text is written in: UTF-8, what Excel calls Unicode, an older Turkish or Western one."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from loyalty.errors import UsageError, near

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"cp1254": "windows-1254", "cp1252": "windows-1252", "mac-roman": "mac_roman", "utf-8-sig": "utf-8"}
_CANDIDATES = ("windows-1254", "windows-1252", "cp857", "mac_roman")
"""ISO-8859-9 is not among them: where the two differ it has control characters, which no export contains."""

_TURKISH = frozenset("çğıöşüÇĞİÖŞÜ")
_ONLY_TURKISH = frozenset("ğışĞİŞ")
_WESTERN = frozenset("àáâãäåæèéêëìíîïñòóôõøùúûßœÀÁÂÄÅÆÈÉÊËÍÎÑÓÔØÚÛŒ")
_PRINT = frozenset("’‘“”–—…•€£₺§°™®©«»¿¡·½¼²³\u00a0")
_OLD_LETTER = re.compile(rb"[\x80-\xff]")
_ENOUGH = 4_000


def canonical(name: str) -> str:
    """Return the name this tool uses for an encoding that the user named.

    Raises:
        UsageError: there is no such text encoding.
    """
    try:
        # The public lookup cannot say whether a codec makes text (hex does not); encoding a letter can.
        found = codecs.lookup(name).name
        if "ı".encode(found, errors="replace").decode(found) and found not in {"idna", "punycode"}:
            return _NAMES.get(found, found)
    except (LookupError, UnicodeError, ValueError):
        pass
    known = ("utf-8", "utf-16", "iso8859-9", *_CANDIDATES)
    raise UsageError(
        f"--encoding {name}: no such text encoding{near(name, known)}",
        hint=f"Known are, among others: {', '.join(known)}.",
    )


def find_encoding(head: bytes, whole: bool, elsewhere: Sequence[bytes] = ()) -> str:
    """Return the encoding of a text from its beginning, and pieces from elsewhere in the file.

    A byte order mark decides; then whether the bytes are UTF-8; then which of the encodings of Turkish and
    Western computers makes the most ordinary letters of the rest.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wide := _unmarked_utf16(head):
        return wide
    if is_utf8(head, whole) and (not head.isascii() or all(_is_utf8_inside(piece) for piece in elsewhere)):
        return "utf-8"
    return _most_ordinary(b"\n".join((head, *elsewhere)))


def is_wide(encoding: str) -> bool:
    """Return whether every character of this encoding takes two or four bytes."""
    return encoding.startswith(("utf-16", "utf-32"))


def is_utf8(data: bytes, whole: bool) -> bool:
    """Return whether bytes are UTF-8; unless they are the whole text, the last character may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def decode_head(head: bytes, encoding: str) -> str:
    """Decode the beginning of a text, leaving out a byte order mark and a character cut at the end.

    Raises:
        UnicodeDecodeError: the bytes are not text in this encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    return decoder.decode(head, final=False).removeprefix("\ufeff")


def _is_utf8_inside(piece: bytes) -> bool:
    start = next((i for i in range(min(4, len(piece))) if piece[i] & 0xC0 != 0x80), 0)
    return is_utf8(piece[start:], whole=False)


def _unmarked_utf16(head: bytes) -> str | None:
    even, odd = head[0:4096:2], head[1:4096:2]
    if odd.count(0) > 0.3 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.3 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return None


def _most_ordinary(data: bytes) -> str:
    spots = [match.start() for _, match in zip(range(_ENOUGH), _OLD_LETTER.finditer(data), strict=False)]
    contexts = [data[max(spot - 1, 0) : spot + 2] for spot in spots]
    scores = {name: sum(_ordinary(context, name) for context in contexts) for name in _CANDIDATES}
    best = max(_CANDIDATES, key=lambda name: scores[name])
    if scores["windows-1254"] == scores["windows-1252"] == scores[best]:
        return _turkish_or_western(contexts)
    return best


def _ordinary(context: bytes, encoding: str) -> float:
    """Return how ordinary the non-ASCII character in the middle of three bytes is, read in this encoding."""
    text = context.decode(encoding, errors="replace")
    middle = text[1] if len(text) > 1 and context[0] < 0x80 else text[0]
    before = text[0] if middle is not text[0] else " "
    if middle in _TURKISH:
        return 2.0 if _fits(before, middle) else -1.0
    if middle in _WESTERN:
        return 1.0 if _fits(before, middle) else -1.0
    if middle in _PRINT:
        return 0.5
    return -1.0 if middle.isalpha() else -3.0


def _fits(before: str, letter: str) -> bool:
    return not (letter.isupper() and before.islower())


def _turkish_or_western(contexts: Sequence[bytes]) -> str:
    """Choose between two encodings that read everything seen alike, for the sake of what was not seen."""
    letters = {letter for context in contexts for letter in context.decode("cp1254", errors="replace")}
    if letters & _ONLY_TURKISH or (letters & _TURKISH and not letters & _WESTERN):
        return "windows-1254"
    return "windows-1252"
