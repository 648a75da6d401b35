"""What a feed or sitemap names: pages, and what it says about each."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from newsdesk.types import Published, day


@dataclass(frozen=True, slots=True)
class Link:
    """An address as a feed or sitemap gives it, perhaps relative, perhaps empty.

    ``said`` are fields of its article, which count where the page itself says nothing; ``text`` is the whole
    article, where the feed carries it. ``when`` puts links in order and is no date of publication.
    """

    url: str
    said: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    when: Published | None = None

    @property
    def day(self) -> int:
        """The number of its day, 0 where there is none."""
        return day(self.when).toordinal() if self.when else 0


def newest(links: Iterable[Link], limit: int) -> list[Link]:
    """The newest links, newest first, those without a time last and in their order."""
    return heapq.nlargest(limit, links, key=lambda link: link.day)
