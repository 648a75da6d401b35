"""The Archive view of the page: articles found, read, added and removed.

A browser's events are led to what becomes of them; what they show is made in articles, days, article and intake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from ingest import pipeline
from ingest.read import READERS
from newsdesk.desk import Desk
from newsdesk.errors import BadInput, NewsdeskError, NotFound
from newsdesk.page import articles, days, intake
from newsdesk.page.article import gone, kept, view
from newsdesk.page.articles import Look
from newsdesk.page.detail import Detail, text
from newsdesk.page.words import is_web_address

STATIC = Path(__file__).parents[1] / "static"
WATCHED_EVERY = 1.0
"""Seconds between two looks at what is being taken in."""
MOST_ADDRESSES = 200

QUIET = {"show_progress": "hidden", "api_visibility": "private", "queue": False}


class Parts(NamedTuple):
    """The parts of the view that events come from, or change."""

    add: Any
    files: Any
    jobs: Any
    filters: Any
    plot: Any
    table: Any
    article: Any
    clock: Any


def build(desk: Desk) -> None:
    """Put the view's parts where the caller is building, and lead their events to what becomes of them."""
    archive = desk.assistant.archive
    with gr.Column(elem_id="archive-view", elem_classes=["view"]):
        with gr.Column(elem_id="archive-list"):
            with gr.Row(elem_id="intake"):
                files = _upload()
                add = _html(_ADD, "archive-add", "archive.js")
            jobs = _html(lambda: intake.jobs(desk.jobs.all()), "archive-jobs", "archive.js")
            plot = _html(lambda: days.plot(archive.days()), "archive-days", "archive.js")
            filters = _html(lambda: articles.filters(archive.publishers(), Look()), "archive-filters", "archive.js")
            table = _html(lambda: articles.table(archive, Look()), "archive-table", "archive.js")
        article = _html("", "archive-article", "archive.js")
        clock = gr.Timer(WATCHED_EVERY, active=False)
    _listen(desk, gr.State(Look()), Parts(add, files, jobs, filters, plot, table, article, clock))


_ADD = (
    '<form class="addresses"><label>Add from the web <textarea name="addresses" rows="1" spellcheck="false" '
    'placeholder="Addresses of pages, feeds or sitemaps, one on each line"></textarea></label>'
    '<button type="submit" class="plain">Add</button></form>'
)


def _listen(desk: Desk, look: gr.State, parts: Parts) -> None:
    archive = desk.assistant.archive

    def looked(event: gr.EventData) -> list[Any]:
        wanted = articles.look(detail_of(event))
        return [wanted, articles.table(archive, wanted)]

    def opened(event: gr.EventData) -> str:
        return show(desk, detail_of(event))

    def all_of(wanted: Look) -> list[Any]:
        """Everything that a change of the archive changes."""
        return [
            intake.jobs(desk.jobs.all()),
            days.plot(archive.days()),
            articles.filters(archive.publishers(), wanted),
            articles.table(archive, wanted),
            gr.Timer(active=intake.in_work(desk.jobs.all())),
        ]

    def watched(wanted: Look) -> list[Any]:
        found = desk.jobs.all()
        if intake.in_work(found):
            return [intake.jobs(found), gr.skip(), gr.skip(), gr.skip(), gr.skip()]
        return all_of(wanted)

    def uploaded(paths: Sequence[str] | None) -> list[Any]:
        return begun(desk, lambda: take_files(desk, [Path(path) for path in paths or ()]))

    def added(event: gr.EventData) -> list[Any]:
        return begun(desk, lambda: take_addresses(desk, text(detail_of(event), "addresses", 100_000)))

    def cancelled(event: gr.EventData) -> str:
        with suppress(NotFound):
            desk.jobs.cancel(text(detail_of(event), "job"))
        return intake.jobs(desk.jobs.all())

    def removed(wanted: Look, event: gr.EventData) -> list[Any]:
        return [remove(desk, text(detail_of(event), "id")), *all_of(wanted)]

    changing = [parts.jobs, parts.plot, parts.filters, parts.table, parts.clock]
    parts.filters.look(looked, None, [look, parts.table], **QUIET)
    parts.table.look(looked, None, [look, parts.table], **QUIET)
    for part in (parts.table, parts.article):
        part.open(opened, None, [parts.article], **QUIET)
    parts.article.removal(removed, [look], [parts.article, *changing], **QUIET)
    parts.table.refresh(all_of, [look], changing, **QUIET)
    parts.clock.tick(watched, [look], changing, **QUIET)
    parts.files.upload(uploaded, [parts.files], [parts.jobs, parts.clock], **QUIET)
    parts.add.take(added, None, [parts.jobs, parts.clock], **QUIET)
    parts.jobs.cancel(cancelled, None, [parts.jobs], **QUIET)


def show(desk: Desk, detail: Detail) -> str:
    """The article that was chosen, or that it is not there."""
    try:
        return view(kept(desk.assistant.archive, text(detail, "id"), text(detail, "version", 12)))
    except NotFound:
        return gone("This article is not in the archive any more.")


def remove(desk: Desk, article_id: str) -> str:
    """Remove an article for good; what stands in its place then."""
    try:
        pipeline.remove(article_id, desk.assistant.archive, desk.assistant.vectors)
    except NotFound:
        return gone("This article is not in the archive any more.")
    return gone("The article was removed.")


def take_files(desk: Desk, paths: Sequence[Path]) -> None:
    """Hand uploaded files in; the upload itself is not kept. Raises BadInput for what newsdesk does not read."""
    try:
        if unknown := [path.name for path in paths if path.suffix.lower() not in READERS]:
            raise BadInput(f"newsdesk does not read {', '.join(unknown[:3])}. It reads {', '.join(READERS)}.")
        desk.inbox.files({path.name: path.read_bytes() for path in paths})
    finally:
        for path in paths:
            path.unlink(missing_ok=True)


def take_addresses(desk: Desk, given: str) -> None:
    """Hand addresses in, one on each line. Raises BadInput where there is none, or one that is no web address."""
    addresses = list(dict.fromkeys(given.split()))
    if not addresses:
        raise BadInput("Give an address first, such as https://example.org/news")
    if wrong := [one for one in addresses if not is_web_address(one)]:
        raise BadInput(f"{wrong[0][:200]} is no address of a page on the web. It begins with https:// or http://")
    if len(addresses) > MOST_ADDRESSES:
        raise BadInput(f"{len(addresses)} addresses at once; {MOST_ADDRESSES} are the most. Give a sitemap instead.")
    desk.inbox.addresses(addresses)


def begun(desk: Desk, begin: Any) -> list[Any]:
    """Begin to take something in; what shows it, or why it was refused, and the clock that goes on looking."""
    try:
        begin()
    except NewsdeskError as error:
        found = desk.jobs.all()
        return [intake.refused(str(error)) + intake.jobs(found), gr.Timer(active=intake.in_work(found))]
    return [intake.jobs(desk.jobs.all()), gr.Timer(active=True)]


def detail_of(event: gr.EventData) -> Detail:
    """What the browser says about an event."""
    return event._data if isinstance(event._data, Mapping) else {}


def _html(value: Any, name: str, script: str) -> Any:
    source = (STATIC / script).read_text("utf-8")
    return gr.HTML(value, elem_id=name, js_on_load=source, apply_default_css=False, container=False)


def _upload() -> Any:
    return gr.UploadButton(
        "Add files", file_count="multiple", file_types=sorted(READERS), elem_id="archive-files", size="sm"
    )
