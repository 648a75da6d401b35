"""Ingest jobs: files and addresses handed in, watched while they are taken in, cancelled."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from ingest.jobs import Job
from newsdesk.api.bodies import JobBody, SourcesBody
from newsdesk.api.problems import documented
from newsdesk.desk import Desk

COUNTS = ("files", "files_read", "added", "changed", "unchanged", "duplicate", "embedded", "to_embed")
Id = Annotated[str, Path(min_length=1, max_length=64)]


def router(desk: Desk) -> APIRouter:
    """``/api/ingest``; files are handed in at ``POST /api/articles``."""
    routes = APIRouter(prefix="/api/ingest", tags=["ingest"])

    @routes.post("", status_code=HTTPStatus.ACCEPTED, responses=documented(422))
    def start(body: SourcesBody) -> JobBody:
        """Begin to take in pages, feeds and sitemaps. What is acknowledged is begun again after a crash."""
        return job_body(desk, desk.inbox.addresses(body.urls))

    @routes.get("", responses=documented())
    def jobs() -> list[JobBody]:
        """The ingests of this server since it began, the latest first."""
        return [job_body(desk, job) for job in desk.jobs.all()]

    @routes.get("/{job_id}", responses=documented(404, 422))
    def job(job_id: Id) -> JobBody:
        """How far an ingest is."""
        return job_body(desk, desk.jobs.get(job_id))

    @routes.delete("/{job_id}", status_code=HTTPStatus.ACCEPTED, responses=documented(404, 422))
    def cancel(job_id: Id) -> JobBody:
        """Stop an ingest soon; what it stored stays."""
        desk.jobs.cancel(job_id)
        return job_body(desk, desk.jobs.get(job_id))

    return routes


def job_body(desk: Desk, job: Job) -> JobBody:
    """An ingest as the API shows it: without the folders of this machine."""
    report = asdict(job.report)
    return JobBody(
        id=job.id,
        state=job.state,
        started=job.started,
        ended=job.ended,
        sources=[desk.inbox.shown(source) for source in job.sources],
        rate=job.rate,
        seconds_left=job.seconds_left,
        error=job.error and desk.inbox.shown(job.error),
        **{name: report[name] for name in COUNTS},
        failed=[desk.inbox.shown(fault) for fault in job.report.failed],
    )
