"""Ingests beside the answering: one at a time, watched while they run, stopped on request."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ingest.jobs import Job, Jobs
from newsdesk.archive import Archive
from newsdesk.errors import NotFound
from newsdesk.types import Article
from newsdesk.vectors import Vectors, Vectors32
from tests.conftest import WordEmbedder, put


class Gate(WordEmbedder):
    """Embeds only when it is let to."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def embed(self, texts: Sequence[str]) -> Vectors32:
        self.reached.set()
        assert self.open.wait(20)
        return super().embed(texts)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def jobs(archive: Archive, vectors: Vectors, gate: Gate) -> Iterator[Jobs]:
    jobs = Jobs(archive, vectors, gate)
    yield jobs
    gate.open.set()
    jobs.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferry.txt").write_text("Ferry aground\n\nThe ferry ran aground at noon. Nobody was hurt.\n")
    (folder / "empty.txt").write_text("")
    return folder


def ended(jobs: Jobs, folder: Path) -> Job:
    """A job that has run to its end."""
    over = threading.Event()
    job = jobs.start([folder], over.set)
    assert over.wait(20)
    jobs.close()
    return jobs.get(job.id)


def test_a_job_runs_to_its_end_and_tells_what_it_did(jobs: Jobs, gate: Gate, folder: Path, archive: Archive) -> None:
    gate.open.set()
    job = ended(jobs, folder)
    assert (job.state, job.report.added, job.report.embedded) == ("done", 1, 1)
    assert len(job.report.failed) == 1
    assert job.started
    assert job.ended
    assert job.ended >= job.started
    assert job.rate
    assert job.rate > 0
    assert archive.count() == 1


def test_jobs_run_one_at_a_time_and_the_next_waits(jobs: Jobs, gate: Gate, folder: Path) -> None:
    first = jobs.start([folder])
    assert gate.reached.wait(20)
    second = jobs.start([folder])
    assert (jobs.get(first.id).state, jobs.get(second.id).state) == ("running", "queued")
    assert [job.id for job in jobs.all()] == [second.id, first.id]


def test_a_cancelled_job_stops_and_what_it_stored_stays(jobs: Jobs, gate: Gate, folder: Path, archive: Archive) -> None:
    over = threading.Event()
    running, waiting = jobs.start([folder]), jobs.start([folder], over.set)
    assert gate.reached.wait(20)
    jobs.cancel(running.id)
    jobs.cancel(waiting.id)
    gate.open.set()
    assert over.wait(20)
    jobs.close()
    assert [jobs.get(job.id).state for job in (running, waiting)] == ["cancelled", "cancelled"]
    assert archive.count() == 1


def test_a_job_that_can_do_nothing_says_why(jobs: Jobs, tmp_path: Path) -> None:
    job = ended(jobs, tmp_path / "nowhere")
    assert job.state == "failed"
    assert job.error
    assert "nowhere" in job.error


def test_an_unknown_job_is_not_found(jobs: Jobs) -> None:
    with pytest.raises(NotFound, match="no-such-job"):
        jobs.get("no-such-job")


def test_what_an_earlier_process_did_not_finish_is_finished(
    jobs: Jobs, gate: Gate, archive: Archive, vectors: Vectors
) -> None:
    assert jobs.finish() is None
    put(archive, Article("ferry", "The ferry ran aground at noon."))
    job = jobs.finish()
    assert job
    gate.open.set()
    jobs._thread.shutdown()
    assert (jobs.get(job.id).state, jobs.get(job.id).report.embedded) == ("done", 1)
    assert (archive.passage_counts(), vectors.count()) == ((1, 0), 1)
