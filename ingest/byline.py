"""What the lines between headline and text say: who wrote it, for which paper, when."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ingest import dates
from ingest.furniture import like_headline
from newsdesk.types import Published

_BY = r"by|von|par|por|door|av|af"
"""How a byline begins in English, German, French, Spanish, Dutch, Swedish and Danish."""
_BYLINE = re.compile(rf"(?:(?:words|story|report|text|written) )?(?:{_BY}):?\s+(\S.{{1,120}})", re.IGNORECASE)
_NAME = re.compile(r"(?:(?:[^\W\d_a-z][\w.'’-]*|van|von|de|der|den|du|la|le|di|bin|al|ibn|y)\s?){1,5}")
_NO_NAME = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|the\b", re.IGNORECASE)
_READING_TIME = re.compile(r"\d{1,3}[ -]min(?:ute)?s? read", re.IGNORECASE)
_JOINT = re.compile(
    rf"(?:{_BY}|and|und|et|y|e|og|och|en|in|text|words|story|report|(?:first )?published|posted|updated|on|at|comments?"
    r"|share|save|print|copy link|e-?mail|gift this article)",
    re.IGNORECASE,
)
_MARKS = " \t\n|·•,:;-–—()/"
_CREDIT_CHARS = 120
_AND = re.compile(r"\s+(?:and|und|et|och|og|&|with)\s+", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:in|at|for)\s+.*")
_NEWSPAPER = re.compile(
    r"(?:[^\s,]+ ){1,5}(?:argus|bulletin|chronicle|courier|daily|dispatch|echo|enquirer|examiner|express|gazette|globe"
    r"|guardian|herald|independent|inquirer|journal|mail|mercury|messenger|mirror|monitor|observer|post|press"
    r"|record|register|reporter|sentinel|standard|star|sun|telegraph|times|tribune|wire)(?: (?:agency|online))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Credits:
    """What one or more lines say; ``updated`` is the date of a later change."""

    publisher: str | None = None
    published: Published | None = None
    updated: Published | None = None
    authors: tuple[str, ...] = ()

    def or_else(self, other: Credits) -> Credits:
        """These, and of the other what these do not say."""
        return Credits(
            self.publisher or other.publisher,
            self.published or other.published,
            self.updated or other.updated,
            self.authors or other.authors,
        )


def credits_of(line: str) -> Credits | None:
    """What a byline, date line or reading time says (nothing, for the last); None for any other line."""
    bare = line.strip()
    if _READING_TIME.fullmatch(bare):
        return Credits()
    if found := dates.line(bare):
        return Credits(updated=found[0]) if found[1] else Credits(published=found[0])
    byline = _BYLINE.fullmatch(bare) if like_headline(line) else None
    said = _byline(byline[1]) if byline else Credits()
    return said if said != Credits() else None


def is_credit(text: str, authors: Collection[str]) -> bool:
    """Whether a piece of text is one of the authors' names, a day or a reading time, and nothing more."""
    bare = " ".join(text.split()).strip(_MARKS)
    if not bare or len(bare) > _CREDIT_CHARS:
        return False
    said = any(bare.casefold() == " ".join(name.split()).casefold() for name in authors)
    return said or bool(_READING_TIME.fullmatch(bare)) or credits_of(bare) is not None


def is_joint(text: str) -> bool:
    """Whether a piece of text stands between credits: "by", "and", a mark."""
    bare = " ".join(text.split()).strip(_MARKS)
    return not bare or bool(_JOINT.fullmatch(bare))


def is_newspaper(name: str) -> bool:
    """Whether a name is that of a newspaper or agency by its last word; a section or a writer is not."""
    return bool(_NEWSPAPER.fullmatch(name))


def _byline(text: str) -> Credits:
    """Names, publisher and date of "X and Y, the Z Courier | 4 March 2031"; a role or a town is left out."""
    found = Credits()
    for part in re.split(r"\s*[|·•]\s*|\s+[-–—]\s+", text):
        found = found.or_else(_part(part))
    return found


def _part(part: str) -> Credits:
    """One part of a byline: a date, or names and after them what they belong to, and perhaps a date."""
    pieces = re.split(r",\s+", part)
    for cut in range(len(pieces)):
        if found := dates.line(", ".join(pieces[cut:])):
            dated = Credits(updated=found[0]) if found[1] else Credits(published=found[0])
            return dated.or_else(_people(pieces[:cut]))
    return _people(pieces)


def _people(pieces: list[str]) -> Credits:
    """Names, and the newspaper that they write for."""
    paper = next((name for name in [*pieces[1:], *pieces[:1]] if is_newspaper(name)), None)
    several = len(pieces) > 1 and _AND.search(pieces[-1])
    return Credits(publisher=paper, authors=_names(pieces if several else pieces[:1]))


def _names(pieces: list[str]) -> tuple[str, ...]:
    """The people in ["A B", "C D and E F in Harl"], or nobody where a piece is no name."""
    names = [_PLACE.sub("", name).strip() for piece in pieces for name in _AND.split(piece)]
    if any(not _NAME.fullmatch(name) or _NO_NAME.match(name) or is_newspaper(name) for name in names):
        return ()
    return tuple(names)
