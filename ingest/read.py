"""Files, folders and standard input → articles. One small reader function for each kind of file, in a registry.

A fault in a file never stops the others: it is handed on as an Unreadable that names the file, for records
the line too, what is wrong and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ingest import bundle, mail, newsml, page, pdf, record, records, tables, word
from ingest.decode import text_of
from ingest.files import Choice, find
from ingest.markup import MAX_MARKDOWN, from_markdown, front_matter, plain
from ingest.records import Fields, Numbered
from ingest.source import Source, content_of, standard_input
from newsdesk.errors import BadInput, Unreadable
from newsdesk.types import Article

__all__ = ["READERS", "STANDARD_INPUT", "Source", "read", "sources"]

Reader = Callable[[Source], Iterator[Article | Unreadable]]

MAX_TEXT = 5 * 2**20
"""Bytes of a plain text or of a page with its scripts: twenty times the longest article."""
MAX_CHARS = 3_000_000
"""Characters of one article: the longest novels have as many."""
STANDARD_INPUT = "-"
"""The path that stands for it."""


def sources(
    given: Sequence[str | Path | Source], include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> list[Source]:
    """The files of known kinds among and under the paths, each once; a Source stays as it is.

    Of folders ``include`` and ``exclude`` choose files by pattern. Raises BadInput for a path that is missing, of
    no known kind, or holds no such file.
    """
    if not given:
        raise BadInput("no path was given; name a file or a folder of articles")
    ready = [one for one in given if isinstance(one, Source)]
    if any(str(one) == STANDARD_INPUT for one in given):
        ready.append(standard_input())
    paths = [Path(one) for one in given if not isinstance(one, Source) and str(one) != STANDARD_INPUT]
    return ready + find(paths, Choice(READERS, tuple(include), tuple(exclude)))


def read(source: Source) -> Iterator[Article | Unreadable]:
    """The articles of one source, cleaned, in its order; never raises for what it holds."""
    try:
        yield from _reader(source)(source)
    except Unreadable as error:
        yield Unreadable(f"{source.name}: {error}")
    except RecursionError:
        yield Unreadable(f"{source.name}: it is nested too deeply to be an article; remove it")
    except bundle.DAMAGED as error:
        yield Unreadable(f"{source.name}: the ZIP is damaged or packed in an unknown way ({error}); pack it anew")
    except OSError as error:
        yield Unreadable(
            f"{source.name}: cannot be read ({error.strerror or error}); check the file and its permissions"
        )


def _reader(source: Source) -> Reader:
    if source.kind not in READERS:
        raise Unreadable(f"it is of no known kind; newsdesk reads {', '.join(sorted(READERS))} files")
    return READERS[source.kind]


def _text(source: Source) -> Iterator[Article]:
    yield _article({}, source.article_id, text_of(source, limit=MAX_TEXT))


def _markdown(source: Source) -> Iterator[Article]:
    fields, body = front_matter(text_of(source, limit=MAX_MARKDOWN))
    yield _article(fields, source.article_id, from_markdown(body))


def _html(source: Source) -> Iterator[Article]:
    fields = page.extract(text_of(source, page.CHARSET, MAX_TEXT))
    yield _article(fields, source.article_id, str(fields["text"]))


def _json(source: Source) -> Iterator[Article | Unreadable]:
    held = records.of_document(content_of(source, records.MAX_JSON))
    if isinstance(held, list):
        yield from _each(source, iter(enumerate(held, 1)))
    else:
        yield _article(held, source.article_id)


def _json_lines(source: Source) -> Iterator[Article | Unreadable]:
    with source.open() as stream:
        yield from _each(source, records.of_lines(stream))


def _table(source: Source, delimiter: str | None = None) -> Iterator[Article | Unreadable]:
    with source.open() as stream:
        yield from _each(source, tables.of_table(stream, delimiter))


def _pdf(source: Source) -> Iterator[Article]:
    fields = pdf.fields_of(content_of(source, pdf.MAX_PDF))
    article = _article(fields, source.article_id, str(fields["text"]))
    yield replace(article, pages=article.pages or (0,))


def _word(source: Source) -> Iterator[Article]:
    yield _article({}, source.article_id, word.text_of_word(content_of(source, word.MAX_WORD)))


def _mail(source: Source) -> Iterator[Article]:
    fields = mail.fields_of(content_of(source, mail.MAX_MAIL))
    yield _article(fields, source.article_id, str(fields["text"]))


def _newsml(source: Source) -> Iterator[Article | Unreadable]:
    found = list(newsml.articles_of(content_of(source)))
    if len(found) == 1:
        yield _of_record(found[0], source.article_id)
    else:
        yield from _each(source, iter(enumerate(found, 1)))


def _zip(source: Source) -> Iterator[Article | Unreadable]:
    for member in bundle.members(source, READERS):
        yield from [member] if isinstance(member, Unreadable) else read(member)


def _each(source: Source, numbered: Numbered) -> Iterator[Article | Unreadable]:
    """The articles of records. One without an id is known by its number."""
    for number, fields in numbered:
        try:
            yield _of_record(fields, f"{source.article_id}:{number}")
        except Unreadable as error:
            yield Unreadable(f"{source.name}:{number}: {error}")
        except RecursionError:
            yield Unreadable(f"{source.name}:{number}: it is nested too deeply to be an article; remove it")


def _of_record(fields: Fields | Unreadable, default_id: str) -> Article:
    if isinstance(fields, Unreadable):
        raise fields
    return _article(fields, default_id)


def _article(fields: Fields, default_id: str, text: str | None = None) -> Article:
    """The article, unless it is too long to be one."""
    if len(text or "") > MAX_CHARS or any(_length(value) > MAX_CHARS for value in fields.values()):
        raise Unreadable(f"it has more than {MAX_CHARS:,} characters, which no article has; split it")
    return record.article(fields, default_id, None if text is None else _unmarked(text))


def _unmarked(text: str) -> str:
    """The text, page by page, without the markup that was written into it as words."""
    return "\f".join(map(plain, text.split("\f")))


def _length(value: object) -> int:
    """The characters of a field, or of the paragraphs in it."""
    parts = value if isinstance(value, list) else [value]
    return sum(len(part) for part in parts if isinstance(part, str))


READERS: dict[str, Reader] = {
    ".txt": _text,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".json": _json,
    ".jsonl": _json_lines,
    ".csv": _table,
    ".tsv": partial(_table, delimiter="\t"),
    ".xml": _newsml,
    ".eml": _mail,
    ".pdf": _pdf,
    ".docx": _word,
    ".zip": _zip,
}
"""The known kinds of source, by lower-case suffix."""
