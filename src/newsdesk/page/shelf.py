"""The conversations that are kept, as HTML: found again, renamed, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from newsdesk.conversations import Conversation


def head() -> str:
    """Name and search field of the list."""
    return (
        '<div class="panel-head"><h2>Conversations</h2><button type="button" class="plain" data-do="shelf">Close'
        '</button></div><label class="search"><span class="unseen">Search the conversations</span><input type="search" '
        'data-find="search" placeholder="Search" autocomplete="off" maxlength="200"></label>'
    )


def shelf(conversations: Sequence[Conversation], search: str = "") -> str:
    """The conversations, the last spoken in first."""
    if not conversations:
        words = "No conversation has these words." if search.strip() else "What you ask is kept here."
        return str(Markup('<p class="quiet">{}</p>').format(words))
    return str(Markup('<ul class="shelf">{}</ul>').format(Markup().join(map(_entry, conversations))))


def _entry(one: Conversation) -> Markup:
    return Markup(
        '<li data-conversation="{0}"><button type="button" class="open" data-do="resume" data-conversation="{0}" '
        'dir="auto">{1}</button><p class="from"><time datetime="{2}">{3}</time></p>'
        '<button type="button" class="plain" data-do="naming" data-conversation="{0}" aria-label="Rename {1}">Rename'
        '</button><button type="button" class="plain" data-do="deleting" data-conversation="{0}" '
        'aria-label="Delete {1}">Delete</button></li>'
    ).format(one.id, one.title, one.touched.isoformat(), f"{one.touched.day} {one.touched:%B %Y, %H:%M} UTC")
