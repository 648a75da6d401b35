"""Ingests that run beside the answering: one at a time, watched, and stopped on request."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ingest.pace import pace
from ingest.pipeline import Report, finish, ingest, is_finished
from newsdesk.archive import Archive
from newsdesk.errors import NewsdeskError, NotFound
from newsdesk.models import Embedder
from newsdesk.settings import Settings
from newsdesk.vectors import Vectors

KEPT = 100
"""Jobs that are over and remembered; of older ones only what they stored remains."""

State = Literal["queued", "running", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """An ingest that was asked for, as it stands now. Times are in UTC.

    ``rate`` is passages a second; it and ``seconds_left`` are None while they are not known. ``error`` says why a
    failed job could do nothing at all; sources that could not be taken in are in the report.
    """

    id: str
    state: State
    report: Report
    started: datetime | None = None
    ended: datetime | None = None
    rate: float | None = None
    seconds_left: float | None = None
    error: str | None = None
    sources: tuple[str, ...] = ()


class _Cancelled(Exception):
    """Ends an ingest between two of its steps; what it stored stays."""


class Jobs:
    """The ingests of one archive. Safe to share between threads."""

    def __init__(
        self, archive: Archive, vectors: Vectors, embedder: Embedder, settings: Settings | None = None
    ) -> None:
        """Jobs will bring articles into this archive and its vectors; ``settings`` say what may be visited."""
        self._archive, self._vectors, self._embedder, self._settings = archive, vectors, embedder, settings
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest")
        self._jobs: dict[str, Job] = {}
        self._cancelled: set[str] = set()
        self._lock = threading.Lock()

    def start(self, sources: Sequence[str | Path], after: Callable[[], None] | None = None) -> Job:
        """Take the sources in when the jobs before are over; ``after`` is called at the end, however it ends."""
        job = Job(uuid.uuid4().hex[:12], "queued", Report(), sources=tuple(str(source) for source in sources))
        with self._lock:
            self._jobs[job.id] = job
            self._forget_old()
        self._thread.submit(self._run, job.id, sources, after)
        return job

    def finish(self) -> Job | None:
        """Finish what an earlier process stored and did not embed, as a job without sources; None where all is done."""
        return None if is_finished(self._archive, self._vectors) else self.start([])

    def get(self, job_id: str) -> Job:
        """The job of that id, as it stands; raises NotFound."""
        with self._lock:
            if job_id not in self._jobs:
                raise NotFound(f"No ingest {job_id!r}. Those that are known are listed by GET /api/ingest.")
            return self._jobs[job_id]

    def all(self) -> list[Job]:
        """The jobs that are remembered, the latest first."""
        with self._lock:
            return list(self._jobs.values())[::-1]

    def cancel(self, job_id: str) -> Job:
        """Stop a job soon, or let a queued one never start; what is stored stays. Raises NotFound."""
        job = self.get(job_id)
        with self._lock:
            if job.ended is None:
                self._cancelled.add(job_id)
        return job

    def close(self) -> None:
        """Cancel what runs and what waits, and wait until it has stopped."""
        with self._lock:
            self._cancelled |= set(self._jobs)
        self._thread.shutdown(wait=True)

    def _run(self, job_id: str, sources: Sequence[str | Path], after: Callable[[], None] | None) -> None:
        state: State = "done"
        error = None
        try:
            self._ingest(job_id, sources)
        except _Cancelled:
            state = "cancelled"
        except NewsdeskError as fault:
            state, error = "failed", str(fault)
        except Exception as fault:  # the thread must outlive a fault of ours, and the asker must see it
            state, error = "failed", f"The ingest stopped at a fault of newsdesk's own: {fault!r}"
        finally:
            if after:
                after()
        self._note(job_id, state=state, error=error, ended=datetime.now(UTC), seconds_left=None)

    def _ingest(self, job_id: str, sources: Sequence[str | Path]) -> None:
        self._hold(job_id)
        self._note(job_id, state="running", started=datetime.now(UTC))
        begun = time.monotonic()

        def progress(report: Report) -> None:
            self._hold(job_id)
            now = pace(report, time.monotonic() - begun)
            self._note(job_id, report=report, rate=now.rate, seconds_left=now.seconds_left)

        if sources:
            report = ingest(sources, self._archive, self._vectors, self._embedder, progress, self._settings)
        else:
            report = finish(self._archive, self._vectors, self._embedder, progress)
        self._note(job_id, report=report)

    def _hold(self, job_id: str) -> None:
        with self._lock:
            if job_id in self._cancelled:
                raise _Cancelled

    def _note(self, job_id: str, **changes: object) -> None:
        with self._lock:
            self._jobs[job_id] = replace(self._jobs[job_id], **changes)  # type: ignore[arg-type]

    def _forget_old(self) -> None:
        over = [job.id for job in self._jobs.values() if job.ended]
        for job_id in over[: max(len(self._jobs) - KEPT, 0)]:
            del self._jobs[job_id]
            self._cancelled.discard(job_id)
