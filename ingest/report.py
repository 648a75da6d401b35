"""What an ingest has done so far, and what it could not do."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A source, or a record of it, that could not be taken in; the reason names it again and says what to do."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest has done so far. ``files`` and ``files_read`` count pages of the web too.

    ``duplicate`` are articles whose very text the archive holds already, from elsewhere. ``to_embed`` counts the
    passages that were found to need a vector so far, ``embedded`` those that have got it.
    """

    files: int = 0
    files_read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    embedded: int = 0
    to_embed: int = 0
    failures: tuple[Failure, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """One message for each source that could not be taken in: what is wrong with it, and where."""
        return tuple(failure.reason for failure in self.failures)

    def as_json(self) -> dict[str, object]:
        """The report as a program reads it."""
        fields = asdict(self)
        return {**fields, "failures": list(fields["failures"])}
