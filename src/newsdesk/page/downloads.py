"""The files of an evaluation, for the page: its result as JSON and its report as HTML."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from newsdesk.evaluate import Evaluations


def downloads(evaluations: Evaluations) -> APIRouter:
    """The addresses beside the page from which a run's files are saved; never shown in it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/evaluations/{id}/result.json")
    def result(id: str) -> FileResponse:
        path = evaluations.result_path(id)
        return FileResponse(path, media_type="application/json", filename=f"evaluation-{id}.json")

    @router.get("/evaluations/{id}/report.html")
    def report(id: str) -> FileResponse:
        path = evaluations.report_path(id)
        return FileResponse(path, media_type="text/html", filename=f"evaluation-{id}.html")

    return router
