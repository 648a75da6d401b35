"""The command line: newsdesk ingest | check | ask | search | serve | evaluate | articles | keys.

Everything heavy is imported inside the command that needs it, so that ``newsdesk --help`` is quick.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsdesk.errors import BadInput, NewsdeskError

if TYPE_CHECKING:
    from newsdesk.settings import Settings
    from newsdesk.types import Answer, Article, Hit, Question

app = typer.Typer(
    help="Ask an archive of news articles; every answer is cited word for word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
articles = typer.Typer(help="List, show and remove articles.", no_args_is_help=True)
app.add_typer(articles, name="articles")
keys = typer.Typer(help="Make, list and revoke keys of the API.", no_args_is_help=True)
app.add_typer(keys, name="keys")

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
Limit = Annotated[int | None, typer.Option("--top-k", help="How many passages to show (1 to 100).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the API answers.")]
Publishers = Annotated[list[str] | None, typer.Option("--publisher", help="Only this publisher; can be repeated.")]
Articles = Annotated[list[str] | None, typer.Option("--article", help="Only this article; can be repeated.")]


def main() -> None:
    """Run the command line; errors meant for people are one line on standard error, without a traceback."""
    try:
        app()
    except NewsdeskError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("Stopped. What was stored stays; run the same command to go on.", err=True)
        sys.exit(130)


@app.command()
def ingest(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, addresses of pages, feeds and sitemaps, or - (piped in)."),
    ] = None,
    include: Annotated[list[str] | None, typer.Option(help="Of folders only files like this, as in '*.html'.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Of folders no files like this.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write what was done, and each failure, to a JSON file.")] = None,
    rebuild: Annotated[bool, typer.Option(help="Make all vectors anew from the archive.")] = False,
) -> None:
    """Bring articles into the archive. Can be stopped and run again."""
    from ingest.command import run

    if not sources and not rebuild:
        raise BadInput("Name a file or a folder of articles, for example: newsdesk ingest seeds/articles")
    patterns = {"include": include or [], "exclude": exclude or []}
    raise typer.Exit(run(sources or [], _settings(), rebuild=rebuild, report_to=report, **patterns))


@app.command()
def check(
    repair: Annotated[bool, typer.Option(help="Make anew what does not agree with the articles' texts.")] = False,
) -> None:
    """Find what does not agree in the archive and its vectors; the exit status is 1 where something does not."""
    from ingest.command import check as run

    raise typer.Exit(run(_settings(), repair=repair))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="For example: where were the targets?")],
    as_json: AsJson = False,
    published_from: Day = None,
    published_to: Day = None,
    publisher: Publishers = None,
    article: Articles = None,
    top_k: Limit = None,
    asked_at: Day = None,
) -> None:
    """Answer a question, citing the archive word for word."""
    asked = _question(question, published_from, published_to, publisher, article, top_k, asked_at)
    from newsdesk.assistant import open_assistant

    with open_assistant(_settings()) as assistant:
        answer = assistant.chain.invoke(asked)
    typer.echo(_json(answer) if as_json else _answer_text(answer))


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="Words or a question.")],
    as_json: AsJson = False,
    published_from: Day = None,
    published_to: Day = None,
    publisher: Publishers = None,
    article: Articles = None,
    top_k: Limit = None,
) -> None:
    """Find passages, best first, without answering."""
    asked = _question(question, published_from, published_to, publisher, article, top_k, None)
    from newsdesk.assistant import open_assistant

    with open_assistant(_settings()) as assistant:
        hits = list(assistant.chain.invoke(asked).passages)
    typer.echo(_json(hits) if as_json else "\n\n".join(_hit_text(hit) for hit in hits) or "Nothing found.")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Instead of NEWSDESK_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of NEWSDESK_PORT.", min=0, max=65535)] = None,
    open_to_anyone: Annotated[bool, typer.Option("--open-to-anyone", help="Listen without keys and login.")] = False,
) -> None:
    """Serve the web chat and the answer API."""
    from newsdesk.server import serve as run

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    given |= {"open": True} if open_to_anyone else {}
    run(_settings().model_copy(update=given))


@app.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(help="A question set: JSONL, CSV, SQuAD, MRQA, a BEIR folder.")],
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the results here.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write an HTML report here.")] = None,
    compare: Annotated[Path | None, typer.Option(help="Earlier results to compare with.")] = None,
    minimum: Annotated[list[str] | None, typer.Option("--min", help="METRIC=VALUE; exit 1 if below.")] = None,
) -> None:
    """Measure the answers to a set of test questions."""
    from ingest.pipeline import add
    from newsdesk.assistant import open_assistant
    from newsdesk.evaluate.bar import bar
    from newsdesk.evaluate.command import evaluate_command

    with open_assistant(_settings()) as assistant, bar() as shown:
        status = evaluate_command(
            assistant,
            questions,
            json_out,
            report,
            compare,
            minimum or [],
            typer.echo,
            shown,
            bring=lambda brought: add(brought, assistant.archive, assistant.vectors, assistant.embedder),
        )
    raise typer.Exit(status)


@articles.command("list")
def list_articles(as_json: AsJson = False) -> None:
    """List the articles: id, day, publisher, title."""
    from newsdesk.archive import open_archive

    with open_archive(_settings()) as archive:
        for article in archive.articles():
            typer.echo(_json(article, compact=True) if as_json else _article_line(article))


@articles.command("show")
def show_article(article_id: str, as_json: AsJson = False) -> None:
    """Show an article with its whole text."""
    from newsdesk.archive import open_archive

    with open_archive(_settings()) as archive:
        article = archive.article(article_id)
    typer.echo(_json(article) if as_json else f"{_article_line(article)}\n\n{article.text}")


@articles.command("remove")
def remove_articles(article_ids: list[str]) -> None:
    """Remove articles with their vectors; all of them, or none where an id is unknown."""
    from ingest.pipeline import remove
    from newsdesk.archive import open_archive
    from newsdesk.vectors import open_vectors

    settings = _settings()
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        remove(list(dict.fromkeys(article_ids)), archive, vectors)
    typer.echo(f"Removed {len(article_ids)}.")


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="Who will use it.")],
    scope: Annotated[str, typer.Option(help="read, write (bring in, evaluate) or admin (all, the page too).")] = "read",
) -> None:
    """Make a key and print it: it is shown this once, only its hash is kept."""
    from newsdesk.keys import add

    typer.echo(add(_settings().home, name, scope))


@keys.command("list")
def list_keys() -> None:
    """List the keys: name, scope, when made."""
    from newsdesk.keys import stored

    for key in stored(_settings().home):
        typer.echo(f"{key.name}\t{key.scope}\t{key.made}")


@keys.command("revoke")
def revoke_key(name: str) -> None:
    """Forget a key; from now on it opens nothing."""
    from newsdesk.keys import revoke

    revoke(_settings().home, name)
    typer.echo(f"Revoked {name}.")


@keys.command("hash")
def hash_password() -> None:
    """Ask for a password and print its hash, for NEWSDESK_LOGIN='user:HASH'."""
    from newsdesk.keys import hash_password as hashed

    typer.echo(hashed(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)))


def _settings() -> Settings:
    from newsdesk.settings import from_environment

    return from_environment(os.environ)


def _question(
    question: str,
    published_from: datetime | None,
    published_to: datetime | None,
    publishers: list[str] | None,
    article_ids: list[str] | None,
    top_k: int | None,
    asked_at: datetime | None,
) -> Question:
    from newsdesk.types import Filters, Question

    filters = Filters(
        published_from and published_from.date(),
        published_to and published_to.date(),
        tuple(publishers or ()),
        tuple(article_ids or ()),
    )
    return Question(question, top_k=top_k, filters=filters, asked_at=asked_at and asked_at.date())


def _json(value: Any, *, compact: bool = False) -> str:
    from pydantic import TypeAdapter

    return (
        TypeAdapter(type(value) if not isinstance(value, list) else list[Any])
        .dump_json(value, indent=None if compact else 2)
        .decode()
    )


def _answer_text(answer: Answer) -> str:
    blocks = [answer.answer]
    if answer.citations:
        blocks.append("\n".join(_source_line(citation) for citation in answer.citations))
    elif answer.passages:
        blocks += ["Nearest:", *(_hit_text(hit) for hit in answer.passages[:3])]
    return "\n\n".join(blocks)


def _source_line(citation: Any) -> str:
    place = f"{citation.article_id} {citation.start}–{citation.end}"
    return f"[{citation.number}] {_about(citation)} ({place})"


def _hit_text(hit: Hit) -> str:
    return f"{_about(hit)} ({hit.article_id} {hit.start}–{hit.end})\n{hit.text.strip()}"


def _article_line(article: Article) -> str:
    return f"{article.id}\t{_about(article)}"


def _about(source: Any) -> str:
    """Title, publisher and day of an article, hit or citation, as far as they are known."""
    from newsdesk.types import in_words

    parts = (source.title or "untitled", source.publisher, in_words(source.published) or "date unknown")
    return " · ".join(part for part in parts if part)
