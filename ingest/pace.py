"""How fast an ingest goes, and how long it will take yet."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.report import Report


@dataclass(frozen=True, slots=True)
class Pace:
    """``rate`` is passages embedded a second, None before the first; ``seconds_left`` None while unknown."""

    rate: float | None = None
    seconds_left: float | None = None


def pace(report: Report, seconds: float) -> Pace:
    """The pace of an ingest that has run for so long. Files not yet read are taken to be as long as the others."""
    if seconds <= 0 or not report.embedded:
        return Pace()
    rate = report.embedded / seconds
    whole = report.to_embed * report.files / report.files_read if report.files_read else report.to_embed
    return Pace(rate, max(whole - report.embedded, 0) / rate)
