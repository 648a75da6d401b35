"""How many articles the archive holds of which days, by publisher: a plot as inline SVG, its words as HTML.

The bars stretch with the page, the words do not. Every text is escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Literal

from markupsafe import Markup, escape

from newsdesk.page.words import NOTHING, articles
from newsdesk.types import in_words

Days = Iterable[tuple[date | None, str | None, int]]
"""Day, publisher, and how many articles: unknown where None."""
Unit = Literal["day", "week", "month", "year"]

NAMED = 5
"""Publishers with a colour of their own; the others share one."""
OTHERS, UNKNOWN = "others", "publisher unknown"
_SPANS: tuple[tuple[int, Unit], ...] = ((92, "day"), (644, "week"), (4000, "month"))
"""The longest span, in days, that is drawn in bars of that unit: some ninety bars; whatever is longer, in years."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of days, the last included, with its articles by publisher."""

    first: date
    last: date
    counts: Mapping[str, int]


def plot(days: Days) -> str:
    """The plot with its legend; nothing where no article has a day."""
    known, undated, sums = _sorted(days)
    if not known:
        return ""
    names = _names(sums)
    found = list(bars(known, names))
    most = max(sum(bar.counts.values()) for bar in found)
    first, last = min(known)[0], max(known)[0]
    rows = Markup().join(_bar(bar, place, most, names) for place, bar in enumerate(found))
    return str(
        _FIGURE.format(
            label=f"{articles(sum(sums.values()) - undated)} from {in_words(first)} to {in_words(last)}, by publisher",
            width=len(found) * 10,
            bars=rows,
            most=f"{most:,}",
            first=in_words(first),
            last=in_words(last),
            legend=Markup().join(_entry(name, sums, names) for name in names),
            undated=Markup("<li>{:,} without a day</li>").format(undated) if undated else NOTHING,
        )
    )


_FIGURE = Markup(
    '<figure class="days"><div class="frame"><span class="most" aria-hidden="true">{most}</span>'
    '<svg viewBox="0 0 {width} 100" preserveAspectRatio="none" role="img" aria-label="{label}">{bars}</svg></div>'
    '<div class="ends" aria-hidden="true"><span>{first}</span><span>{last}</span></div>'
    '<figcaption><ul class="publishers">{legend}{undated}</ul></figcaption></figure>'
)


def bars(known: Mapping[tuple[date, str], int], names: Sequence[str]) -> Iterator[Bar]:
    """The bars from the first day to the last, the empty ones among them; publishers not named are "others"."""
    first, last = min(known)[0], max(known)[0]
    unit = _unit((last - first).days)
    filled: dict[date, Counter[str]] = {}
    for (day, publisher), count in known.items():
        filled.setdefault(_start(day, unit), Counter())[publisher if publisher in names else OTHERS] += count
    start: date | None = _start(first, unit)
    while start is not None and start <= last:
        following = _next(start, unit)
        yield Bar(start, following - timedelta(days=1) if following else date.max, filled.get(start, Counter()))
        start = following


def _unit(span: int) -> Unit:
    """What a bar stands for where so many days are drawn."""
    return next((unit for most, unit in _SPANS if span <= most), "year")


def _start(day: date, unit: Unit) -> date:
    """The first day of its bar; weeks begin on Monday."""
    if unit == "week":
        return day - timedelta(days=day.weekday()) if day.toordinal() > day.weekday() else day
    return day if unit == "day" else day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _next(start: date, unit: Unit) -> date | None:
    """The first day of the next bar; none at the end of the calendar."""
    try:
        if unit in ("day", "week"):
            return start + timedelta(days=1 if unit == "day" else 7)
        ahead = start.replace(day=28) + timedelta(days=4) if unit == "month" else start.replace(year=start.year + 1)
        return _start(ahead, unit)
    except (OverflowError, ValueError):
        return None


def _sorted(days: Days) -> tuple[dict[tuple[date, str], int], int, Counter[str]]:
    """Counts by day and publisher, those without a day, and those of each publisher."""
    known: Counter[tuple[date, str]] = Counter()
    sums: Counter[str] = Counter()
    undated = 0
    for day, publisher, count in days:
        name = publisher or UNKNOWN
        sums[name] += count
        if day is None:
            undated += count
        else:
            known[day, name] += count
    return dict(known), undated, sums


def _names(sums: Counter[str]) -> list[str]:
    """The publishers with most articles, and the name that stands for all others, if there are any."""
    common = [name for name, _ in sums.most_common()]
    return common if len(common) <= NAMED + 1 else [*common[:NAMED], OTHERS]


def _bar(bar: Bar, place: int, most: int, names: Sequence[str]) -> Markup:
    """The publishers' parts of a bar, one upon the other, and an unseen one over them that says what they are."""
    if not bar.counts:
        return NOTHING
    counts = [bar.counts.get(name, 0) for name in names]
    tops = [100 * sum_ / most for sum_ in accumulate(counts, initial=0)]
    parts = Markup().join(
        Markup('<rect class="p{}" x="{}" y="{:.2f}" width="8" height="{:.2f}"/>').format(
            number, place * 10 + 1, 100 - tops[number + 1], tops[number + 1] - tops[number]
        )
        for number, count in enumerate(counts)
        if count
    )
    told = ", ".join(f"{count:,} {name}" for name, count in zip(names, counts, strict=True) if count)
    return Markup(
        '<g data-do="days" data-from="{}" data-to="{}"><title>{}</title>'
        '<rect class="whole" x="{}" y="0" width="10" height="100"/>{}</g>'
    ).format(bar.first, bar.last, f"{_span(bar)}: {told}", place * 10, parts)


def _span(bar: Bar) -> str:
    return in_words(bar.first) if bar.first == bar.last else f"{in_words(bar.first)} to {in_words(bar.last)}"


def _entry(name: str, sums: Counter[str], names: Sequence[str]) -> Markup:
    count = sums[name] if name != OTHERS else sum(sums.values()) - sum(sums[one] for one in names)
    swatch = Markup('<span class="swatch p{}"></span>').format(names.index(name))
    return Markup('<li>{}<bdi>{}</bdi> <span class="count">{:,}</span></li>').format(swatch, escape(name), count)
