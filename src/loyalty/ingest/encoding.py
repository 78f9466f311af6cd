"""Which encoding a text is written in: UTF-8, what Excel calls Unicode, an older Turkish or Western one."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence

from loyalty.errors import UsageError, WrongEncoding, near

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"cp1254": "windows-1254", "cp1252": "windows-1252", "mac-roman": "mac_roman", "utf-8-sig": "utf-8"}
_CANDIDATES = ("windows-1254", "windows-1252", "cp857", "mac_roman", "mac_turkish")
"""ISO-8859-9 is not among them: where it differs from windows-1254 it has control characters, which no export
contains. What else reads the same letters stands behind what is more usual."""
_ALIKE = (("windows-1254", "windows-1252"), ("mac_turkish", "mac_roman"))
"""Pairs, the Turkish one first, that differ in the letters only Turkish has."""

_TURKISH = frozenset("çğıöşüÇĞİÖŞÜ")
_ONLY_TURKISH = frozenset("ğışĞİŞ")
_WESTERN = frozenset("àáâãäåæèéêëìíîïñòóôõøùúûßœÀÁÂÄÅÆÈÉÊËÍÎÑÓÔØÚÛŒ")
_PRINT = frozenset("’‘“”–—…•€£₺§°™®©«»¿¡·½¼²³\u00a0")
_OLD_LETTER = re.compile(rb"[\x80-\xff]")
_ENOUGH = 4_000
_CLEARLY = 0.9
"""An encoding wins when every other makes less than this share of its ordinary letters."""
_SHOWN = 3
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_MOSTLY = 0.8
_TURKISH_UTF8 = re.compile(rb"\xc3[\x87\x96\x9c\xa7\xb6\xbc]|\xc4[\x9e\x9f\xb0\xb1]|\xc5[\x9e\x9f]")
"""Turkish letters in UTF-8. In any other encoding they would be Ã¼, ÅŸ or Ä±, which no word has."""
_OTHER, _WORDS = 0.6, 6
"""Where more odd letters than this share follow another one, words are not written in Latin letters."""


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


def find_encoding(
    head: bytes, whole: bool, elsewhere: Sequence[bytes] = (), *, shown: str, text: Iterable[bytes] = ()
) -> str:
    """Return the encoding of a text from its beginning, and pieces from elsewhere in the file.

    A byte order mark decides; then whether the bytes are UTF-8; then which of the encodings of Turkish and
    Western computers makes the most ordinary letters of the rest. A text that is UTF-8 but for a few broken bytes is
    still said to be UTF-8, so that reading it tells where it is broken. ``text`` is the whole of it, in pieces; it is
    gone through only to tell where two encodings meet.

    Raises:
        WrongEncoding: two encodings make different, equally ordinary Turkish letters of the text, both UTF-8 and
            another encoding are in it, or it is written in other letters than these; the message has ``shown``, the
            file.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wide := _unmarked_utf16(head):
        return wide
    if is_utf8(head, whole) and (not head.isascii() or all(_is_utf8_inside(piece) for piece in elsewhere)):
        return "utf-8"
    data = b"\n".join((head, *elsewhere))
    if _is_broken_utf8(data):
        return "utf-8"
    best = _most_ordinary(data, shown)
    if _TURKISH_UTF8.search(data):
        raise _two_encodings(text or (data,), best, shown)
    return best


def without_utf8(
    pieces: Iterable[bytes], encoding: str, *, shown: str, text: Iterable[bytes]
) -> Iterator[bytes]:
    """Yield the pieces of a text that was found to be in this encoding, as long as no Turkish letter is in UTF-8.

    Raises:
        WrongEncoding: both encodings are in it; ``text``, the whole of it, is gone through only to tell where.
    """
    before = b""
    for piece in pieces:
        if _TURKISH_UTF8.search(before + piece[:1]) or _TURKISH_UTF8.search(piece):
            raise _two_encodings(text, encoding, shown)
        yield piece
        before = piece[-1:]


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


def _is_broken_utf8(data: bytes) -> bool:
    """Return whether most letters beyond ASCII are written as UTF-8 writes them."""
    odd = len(_OLD_LETTER.findall(data))
    whole = sum(len(letter) for letter in _UTF8_LETTER.findall(data))
    return bool(odd) and whole >= _MOSTLY * odd


def _most_ordinary(data: bytes, shown: str) -> str:
    spots = [match.start() for _, match in zip(range(_ENOUGH), _OLD_LETTER.finditer(data), strict=False)]
    contexts = [data[max(spot - 1, 0) : spot + 2] for spot in spots]
    if sum(context[0] >= 0x80 for context in contexts) > _OTHER * len(contexts) and len(contexts) >= _WORDS:
        raise _other_letters(shown)
    scores = {name: sum(_ordinary(context, name) for context in contexts) for name in _CANDIDATES}
    best = max(_CANDIDATES, key=lambda name: scores[name])
    pair = next((pair for pair in _ALIKE if best in pair), (best,))
    for rival in _CANDIDATES:
        unsure = rival not in pair and scores[rival] >= _CLEARLY * scores[best] > 0
        if unsure and rival != "mac_turkish" and _turkish(contexts, best) != _turkish(contexts, rival):
            raise _undecided(data, spots, best, rival, shown)
    if len(pair) > 1 and len({scores[name] for name in pair}) == 1:
        return _turkish_or_western(contexts, *pair)
    return best


def _turkish(contexts: Sequence[bytes], encoding: str) -> list[str]:
    """Return the Turkish letters that an encoding makes of the odd bytes, in order."""
    read = (_middle(context, encoding)[0] for context in contexts)
    return [letter if letter in _TURKISH else "" for letter in read]


def _other_letters(shown: str) -> WrongEncoding:
    return WrongEncoding(
        f"{shown}: whole words are written in letters of no Turkish or Western encoding",
        hint="Name the encoding, such as --encoding windows-1251 for Cyrillic, or export the table as UTF-8.",
    )


def _two_encodings(text: Iterable[bytes], other: str, shown: str) -> WrongEncoding:
    in_utf8, in_other = _first_lines(text)
    return WrongEncoding(
        f"{shown}: is written in two encodings: line {in_utf8} in utf-8, line {in_other} in {other}",
        hint="Name the files it was put together from, one after the other, or save all of them as UTF-8 first. "
        f"If it is {other} all the same, type --encoding {other}.",
    )


def _first_lines(text: Iterable[bytes]) -> tuple[int, int]:
    """Return the first line with a Turkish letter in UTF-8, and the first with bytes that are not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    in_utf8 = in_other = 0
    lines, before = 1, b""
    for piece in text:
        seen = before + piece
        if not in_utf8 and (letter := _TURKISH_UTF8.search(seen)):
            in_utf8 = lines + seen.count(b"\n", 0, letter.start())
        if not in_other:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                kept = len(error.object) - len(piece)
                in_other = lines + piece.count(b"\n", 0, max(error.start - kept, 0))
        if in_utf8 and in_other:
            break
        # A letter may be cut between two pieces; it is no line feed.
        lines, before = lines + piece.count(b"\n"), piece[-1:].strip()
    return in_utf8, in_other


def _undecided(data: bytes, spots: Sequence[int], best: str, rival: str, shown: str) -> WrongEncoding:
    words = {data[_start(data, spot) : _end(data, spot)]: None for spot in spots}
    differing = [word for word in words if word.decode(best, "replace") != word.decode(rival, "replace")]
    read = {
        name: ", ".join(word.decode(name, "replace") for word in differing[:_SHOWN]) for name in (best, rival)
    }
    return WrongEncoding(
        f"{shown}: could be written in {best} ({read[best]}) or in {rival} ({read[rival]}), and nothing tells which",
        hint=f"Say which reads right: --encoding {best} or --encoding {rival}.",
    )


def _start(data: bytes, spot: int) -> int:
    while spot > 0 and (data[spot - 1] >= 0x80 or chr(data[spot - 1]).isalnum()):
        spot -= 1
    return spot


def _end(data: bytes, spot: int) -> int:
    while spot < len(data) and (data[spot] >= 0x80 or chr(data[spot]).isalnum()):
        spot += 1
    return spot


def _middle(context: bytes, encoding: str) -> tuple[str, str, str]:
    """Return the odd character in the middle of three bytes, the one before it and the one behind it."""
    text = context.decode(encoding, errors="replace")
    if len(text) > 1 and (context[0] < 0x80 or len(context) > 2):
        return text[1], text[0], text[2:]
    return text[0], "", text[1:]


def _ordinary(context: bytes, encoding: str) -> float:
    """Return how ordinary the non-ASCII character in the middle of three bytes is, read in this encoding."""
    middle, before, behind = _middle(context, encoding)
    if middle in _PRINT:
        # A sign alone speaks for the usual encodings.
        return 0.5 if encoding.startswith("windows") else 0.1
    if middle not in _TURKISH and middle not in _WESTERN:
        return -1.0 if middle.isalpha() else -3.0
    if not before.isalpha() and not behind.isalpha():
        # A letter on its own is no word: more likely a sign in another encoding.
        return -1.0
    if not _fits(before, middle):
        return -1.0
    return 2.0 if middle in _TURKISH else 1.0


def _fits(before: str, letter: str) -> bool:
    return not (letter.isupper() and before.islower())


def _turkish_or_western(contexts: Sequence[bytes], turkish: str, western: str) -> str:
    """Choose between two encodings that read everything seen alike, for the sake of what was not seen."""
    letters = {letter for context in contexts for letter in context.decode(turkish, errors="replace")}
    if letters & _ONLY_TURKISH or (letters & _TURKISH and not letters & _WESTERN):
        return turkish
    return western
