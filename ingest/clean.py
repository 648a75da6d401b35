"""Raw text → the article alone: the navigation, related links and adverts around it removed.

Headline, byline and date line above the first paragraph leave the text, so that a quote is never the headline
again; what they say is kept. A dateline inside the first sentence ("HARROW, 4 March (Northline) —") stays.
The rules are conservative: a line goes only where it cannot be a sentence of the article.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from ingest.byline import Credits, credits_of, is_newspaper
from ingest.furniture import (
    ADVERT,
    COMMENT,
    LINK,
    WEAK,
    is_inline_link,
    is_link_text,
    is_one_of,
    is_promotion,
    is_small_print,
    like_headline,
)
from newsdesk.types import Published

_HEAD_LINES = 6
"""How many lines after the headline may hold byline and date: a standfirst can stand between them."""
_COMMENT_WORDS = 60
"""A longer paragraph among comments is taken for the article's, to be safe."""

_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\u00ad\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ud800-\udfff\ufeff]"
)
"""Controls, breaks, blanks and halves of characters; joiners and marks of direction have a meaning and stay."""
_INSTEAD = (
    {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
    | dict.fromkeys("\v\f\u2028\u2029", "\n")
    | dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " ")
)
"""What stands for them: Windows punctuation that was read as Latin-1 is put right as browsers do."""
_DATELINE = re.compile(r".{0,60}\([^()]{2,30}\)\s*[-–—]")
"""How a first sentence begins, with its place, day and agency; a headline does not."""
_RULE = re.compile(r"\s*(?:[-=_*~#•·][ \t]*){3,}")
_MORE_FROM = re.compile(r"more from (?P<name>.{2,50})", re.IGNORECASE)
_MENU = re.compile(
    r"skip to (?:main )?(?:content|navigation)|(?:main )?menu|home(?:page)?|search|sign (?:in|up)|log ?in|subscribe"
    r"|register|news|sports?|business|politics|opinion|world|weather"
    r"|[^.!?]{1,40}(?: [>»] [^.!?]{1,80})+|\w+(?: \w+)?(?: \| \w+(?: \w+)?){2,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An article's text, with what its own lines above and below said about it."""

    text: str
    title: str = ""
    publisher: str | None = None
    published: Published | None = None
    authors: tuple[str, ...] = ()


def clean(raw: str, title: str = "") -> Cleaned:
    """The article in ``raw``. Its headline is ``title`` where that is known, else the first line if it is one."""
    lines = [line for line in normalise(raw).split("\n") if not _RULE.fullmatch(line)]
    lines, foot = _parted(_without_menu(lines))
    heading, body = _headed(lines, title)
    body, found = _without_credits(body)
    text = normalise("\n".join(_without_furniture(body)))
    said = found.or_else(Credits(publisher=_publisher_of(foot)))
    return Cleaned(text or heading, heading, said.publisher, said.published or said.updated, said.authors)


def normalise(raw: str) -> str:
    """NFC, ``\\n`` between lines, plain spaces, no character that cannot be seen; at most one blank line."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _ODD.sub(lambda odd: _INSTEAD.get(odd[0], ""), text))
    lines = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def one_line(text: str) -> str:
    """The text with white space collapsed, as a title needs it."""
    return " ".join(normalise(text).split())


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """The article, and the navigation at its foot: from the first label after which no paragraph follows."""
    end = _start_of_comments(lines)
    last = max((i for i, line in enumerate(lines[:end]) if _is_body(line)), default=end)
    end = next((i for i in range(last + 1, end) if is_one_of(lines[i], LINK, WEAK, COMMENT)), end)
    while end and (not lines[end - 1].strip() or is_small_print(lines[end - 1]) or is_promotion(lines[end - 1])):
        end -= 1
    return lines[:end], lines[end:]


def _start_of_comments(lines: list[str]) -> int:
    """Where the readers' comments begin, which run to the end."""
    labels = (i for i, line in enumerate(lines) if is_one_of(line, COMMENT))
    return next((i for i in labels if _are_comments(lines[i + 1 :])), len(lines))


def _are_comments(lines: list[str]) -> bool:
    """Whether two or more names come first, and every sentence right after one; paragraphs of an article do not."""
    said = [line for line in lines if line.strip()]
    named = [_is_name(name) and len(line.split()) <= _COMMENT_WORDS for name, line in pairwise(said)]
    return sum(named) > 1 and all(ok for ok, line in zip(named, said[1:], strict=True) if _is_body(line))


def _is_name(line: str) -> bool:
    """Whether a line can be the name under which a reader writes."""
    return len(line.split()) <= 3 and like_headline(line)


def _is_body(line: str) -> bool:
    """Whether a line is part of the article beyond doubt."""
    return bool(line.strip()) and not (like_headline(line) or is_promotion(line) or is_small_print(line))


def _without_menu(lines: list[str]) -> list[str]:
    """Lines of navigation above the headline go, unless nothing else is there."""
    for i, line in enumerate(lines):
        if line.strip() and not (_MENU.fullmatch(line.strip()) or is_one_of(line, LINK, ADVERT)):
            return lines[i:]
    return lines


def _headed(lines: list[str], title: str) -> tuple[str, list[str]]:
    """The headline and the lines after it."""
    first, rest = (lines[0], lines[1:]) if lines else ("", [])
    if title:
        return title, rest if _same(first, title) else lines
    return (one_line(first), rest) if _is_headline(first, rest) else ("", lines)


def _same(line: str, title: str) -> bool:
    """Whether two lines have the same words, be the marks around them as they may."""
    return re.findall(r"\w+", line.casefold()) == re.findall(r"\w+", title.casefold())


def _is_headline(line: str, rest: list[str]) -> bool:
    """A short line that is no sentence, apart from what follows: by a blank line, or by being far shorter."""
    following = next((later for later in rest if later.strip()), "")
    if not following or not like_headline(line) or line.rstrip().endswith((",", ";", ":")):
        return False
    if _DATELINE.match(line) or credits_of(line) is not None:
        return False
    return not rest[0].strip() or credits_of(rest[0]) is not None or len(following) >= max(80, 1.5 * len(line))


def _without_credits(lines: list[str]) -> tuple[list[str], Credits]:
    """The lines without those under the headline that say who wrote it and when, and what those said."""
    kept, found, seen = [], Credits(), 0
    for line in lines:
        seen += bool(line.strip())
        said = credits_of(line) if line.strip() and seen <= _HEAD_LINES else None
        if said is None:
            kept.append(line)
        else:
            found = found.or_else(said)
    return kept, found


def _without_furniture(lines: list[str]) -> list[str]:
    """The lines without adverts and links among them; of a label's list only lines that are no sentences go."""
    kept: list[str] = []
    in_links = False
    for line in lines:
        if not line.strip():
            kept.append(line)
        elif is_one_of(line, LINK):
            in_links = True
        elif is_one_of(line, ADVERT) or is_promotion(line) or is_inline_link(line):
            continue
        elif not (in_links and is_link_text(line)):
            in_links = False
            kept.append(line)
    return kept


def _publisher_of(foot: list[str]) -> str | None:
    """The newspaper that the foot offers more from."""
    names = (found["name"] for line in foot if (found := _MORE_FROM.fullmatch(line.strip(" :…"))))
    return next((name for name in names if is_newspaper(name)), None)
