"""Raw text → the article alone: the navigation, related links and adverts around it removed.

Headline, byline and date line above the first paragraph leave the text, so that a quote is never the headline
again; what they say is kept. A dateline inside the first sentence ("HARROW, 4 March (Northline) —") stays.
The rules are conservative: a line goes only where it cannot be a sentence of the article.

A form feed in the raw text is where a page of paper begins; the offsets of these places in the text are kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from ingest import dates
from ingest.byline import Credits, credits_of, is_newspaper
from ingest.furniture import (
    ADVERT,
    COMMENT,
    LINK,
    WEAK,
    is_consent,
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

_MOST_PAGES = 2000
"""Form feeds above which they are no breaks of pages; the marks of pages grow with the square of their number."""

_ODD = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
"""Controls, breaks, blanks, halves of characters, marks of direction (which can make a text read otherwise than it is),
and what nobody can see. Joiners have a meaning and stay."""
_INSTEAD = (
    {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
    | dict.fromkeys("\v\u2028\u2029", "\n")
    | dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " ")
)
"""What stands for them: Windows punctuation that was read as Latin-1 is put right as browsers do."""
_DATELINE = re.compile(r".{0,60}\([^()]{2,30}\)\s*[-–—]")
"""How a first sentence begins, with its place, day and agency; a headline does not."""
_DATELINE_CHARS = 200
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
    """An article's text, with what its own lines above and below said about it.

    ``dated_by`` is "first lines" or "dateline" where there is a date. ``pages`` are the offsets at which the pages
    begin, each of them, also where nothing of a page is left; empty if the raw text had no form feed.
    """

    text: str
    title: str = ""
    publisher: str | None = None
    published: Published | None = None
    authors: tuple[str, ...] = ()
    updated: Published | None = None
    dated_by: str | None = None
    pages: tuple[int, ...] = ()


def clean(raw: str, title: str = "") -> Cleaned:
    """The article in ``raw``. Its headline is ``title`` where that is known, else the first line if it is one."""
    lines = [line for line in _tidy(_numbered(raw)).split("\n") if not _RULE.fullmatch(line)]
    lines, foot = _parted(_without_menu(lines))
    heading, body = _headed(lines, title)
    body, found = _without_credits(body)
    text, pages = _paged(_tidy("\n".join(_without_furniture(body))), raw.count("\f"))
    said = found.or_else(Credits(publisher=_publisher_of(foot)))
    in_text = None if said.published else dates.dateline(text[:_DATELINE_CHARS])
    dated_by = "first lines" if said.published else "dateline" if in_text else None
    return Cleaned(
        text or heading, heading, said.publisher, said.published or in_text, said.authors, said.updated, dated_by, pages
    )


def normalise(raw: str) -> str:
    """NFC, ``\\n`` between lines, plain spaces, no character that cannot be seen; at most one blank line."""
    return _tidy(raw.replace("\f", "\n"))


def _tidy(raw: str) -> str:
    """As ``normalise``, but form feeds stay."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _ODD.sub(lambda odd: _INSTEAD.get(odd[0], ""), text))
    lines = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip(" \t\n")


def _numbered(raw: str) -> str:
    """The text with as many form feeds before each page as there are pages before it.

    So a page is known by its mark even where the marks before it are lost with the lines around them. To the rules
    for lines a mark is white space: a line of its own if it stood at the end or beginning of one.
    """
    first, *pages = raw.split("\f") if raw.count("\f") <= _MOST_PAGES else [raw.replace("\f", "\n")]
    marked = "".join(chr(12) * number + (page or "\n") for number, page in enumerate(pages, 1))
    return first + re.sub(r"\f+(?=[ \t]*[\r\n])|(?<=\n)\f+", r"\n\g<0>\n", marked)


def _paged(marked: str, breaks: int) -> tuple[str, tuple[int, ...]]:
    """The text without the marks of its pages, and the offset of each page."""
    if not breaks:
        return marked, ()
    text, *pages = re.split(r"(\s*\f+\s*)", marked.strip(" \t\n"))
    starts = [0] * (breaks + 1)
    for mark, page in zip(pages[::2], pages[1::2], strict=True):
        text += ("\n\n" if "\n" in mark else " ") if text else ""
        number = min(map(len, re.findall(r"\f+", mark)))
        starts[number:] = [len(text)] * (breaks + 1 - number)
        text += page
    text = text.rstrip()
    return text, tuple(min(start, len(text)) for start in starts)


def one_line(text: str) -> str:
    """The text with white space collapsed, as a title needs it."""
    return " ".join(normalise(text).split())


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """The article, and the navigation at its foot: from the first label after which no paragraph follows."""
    end = _start_of_comments(lines)
    last = max((i for i, line in enumerate(lines[:end]) if _is_body(line)), default=end)
    end = next((i for i in range(last + 1, end) if is_one_of(lines[i], LINK, WEAK, COMMENT)), end)
    while end and (not lines[end - 1].strip() or _is_foot(lines[end - 1])):
        end -= 1
    return lines[:end], lines[end:]


def _is_foot(line: str) -> bool:
    """Whether a line at the end of an article is none of it."""
    return is_small_print(line) or is_promotion(line) or is_consent(line)


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
    return bool(line.strip()) and not (like_headline(line) or _is_foot(line))


def _without_menu(lines: list[str]) -> list[str]:
    """Lines of navigation above the headline go, and a newspaper's name above them, unless nothing else is there."""
    for i, line in enumerate(lines):
        following = next((later for later in lines[i + 1 :] if later.strip()), "")
        is_masthead = is_newspaper(line.strip()) and _is_menu(following)
        if line.strip() and not _is_menu(line) and not is_masthead:
            return lines[i:]
    return lines


def _is_menu(line: str) -> bool:
    return bool(_MENU.fullmatch(line.strip())) or is_one_of(line, LINK, ADVERT) or is_consent(line)


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
