"""Citations looked up again: what does not hold is dropped, the rest gets its version, page and copies."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from newsdesk.archive import Archive, version_of
from newsdesk.errors import NotFound
from newsdesk.extract import DECLINED
from newsdesk.types import Answer, Citation, Sentence


def verified(answer: Answer, archive: Archive) -> Answer:
    """The answer with only those citations that hold, to the code point, in the archive as it is now.

    A dropped citation's marker goes from the text too; an answer that loses all of them is no answer.
    """
    held = [_held(citation, archive) for citation in answer.citations]
    kept = tuple(citation for citation in held if citation)
    gone = {citation.number for citation in answer.citations} - {citation.number for citation in kept}
    if gone and not kept:
        return replace(answer, answer=DECLINED, short_answer=None, answered=False, citations=(), sentences=())
    text = _without(answer.answer, gone)
    return replace(answer, answer=text, citations=kept, sentences=_standing(answer.sentences, gone))


def page_of(pages: Sequence[int], start: int) -> int | None:
    """The page, counted from 1, that a place of a paged document begins on; None where there are no pages."""
    return max(bisect_right(pages, start), 1) if pages else None


def _held(citation: Citation, archive: Archive) -> Citation | None:
    """The citation with what the archive knows of its place now; None where it does not hold."""
    try:
        article = archive.article(citation.article_id)
        copies = archive.copies(citation.article_id)
    except NotFound:
        return None
    if article.text[citation.start : citation.end] != citation.quote:
        return None
    page = page_of(article.pages, citation.start)
    return replace(citation, version=version_of(article.text), page=page, also_in=copies)


def _standing(sentences: Sequence[Sentence], gone: set[int]) -> tuple[Sentence, ...]:
    """The written sentences without the citations that are gone; one that loses all of them is not supported."""
    return tuple(
        _without_citations(sentence, gone) if gone & {*sentence.citations} else sentence for sentence in sentences
    )


def _without_citations(sentence: Sentence, gone: set[int]) -> Sentence:
    left = tuple(number for number in sentence.citations if number not in gone)
    return Sentence(_without(sentence.text, gone), sentence.support if left else "unsupported", left)


def _without(text: str, gone: set[int]) -> str:
    for number in gone:
        text = text.replace(f" [{number}]", "").replace(f"[{number}]", "")
    return text
