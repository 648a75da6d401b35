"""Question sets and evaluations: sets are handed in, runs go on in the background, results and reports are fetched."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, File, Path, UploadFile
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from newsdesk.api.bodies import EvaluationBody, QuestionSetBody, RunBody
from newsdesk.api.problems import documented
from newsdesk.desk import Desk
from newsdesk.evaluate.runs import Run

Id = Annotated[str, Path(min_length=1, max_length=64)]


def router(desk: Desk) -> APIRouter:
    """``/api/question-sets`` and ``/api/evaluations``."""
    routes = APIRouter(prefix="/api", tags=["evaluation"])
    runs = desk.evaluations

    @routes.get("/question-sets", responses=documented())
    def question_sets() -> list[QuestionSetBody]:
        """The sets that can be asked."""
        return [QuestionSetBody(name=name) for name in runs.sets.all()]

    @routes.post("/question-sets", status_code=HTTPStatus.CREATED, responses=documented(422))
    async def upload(file: Annotated[UploadFile, File()]) -> QuestionSetBody:
        """Keep a set, known from then on by the name of its file: JSONL, CSV, SQuAD, MRQA, or a BEIR folder as .zip."""
        content = await file.read()
        return QuestionSetBody(name=await run_in_threadpool(runs.upload, file.filename or "", content))

    @routes.post("/evaluations", status_code=HTTPStatus.ACCEPTED, responses=documented(404, 422))
    def start(body: EvaluationBody) -> RunBody:
        """Begin to ask the questions of a set, in the background and giving way to everyone else's questions."""
        return _body(runs.start(body.question_set, bring=body.bring))

    @routes.get("/evaluations", responses=documented())
    def all_runs() -> list[RunBody]:
        """Every evaluation, the latest first."""
        return [_body(run) for run in runs.all()]

    @routes.get("/evaluations/{run_id}", responses=documented(404, 422))
    def run(run_id: Id) -> RunBody:
        """How far an evaluation is."""
        return _body(runs.get(run_id))

    @routes.delete("/evaluations/{run_id}", responses=documented(404, 422))
    def cancel(run_id: Id) -> RunBody:
        """Stop an evaluation after the question it is at; what was answered stays."""
        return _body(runs.cancel(run_id))

    @routes.post("/evaluations/{run_id}/resume", status_code=HTTPStatus.ACCEPTED, responses=documented(404, 422))
    def resume(run_id: Id) -> RunBody:
        """Go on with an evaluation that was stopped."""
        return _body(runs.resume(run_id))

    @routes.get("/evaluations/{run_id}/result", response_model=dict[str, Any], responses=documented(404, 422))
    def result(run_id: Id) -> FileResponse:
        """The result of an evaluation that is done: every figure and every question."""
        return FileResponse(runs.result_path(run_id), media_type="application/json")

    @routes.get("/evaluations/{run_id}/report", response_class=FileResponse, responses=_report())
    def report(run_id: Id) -> FileResponse:
        """The report of an evaluation that is done: one HTML file that opens without network."""
        return FileResponse(runs.report_path(run_id), media_type="text/html", filename=f"{run_id}.html")

    return routes


def _body(run: Run) -> RunBody:
    return RunBody(**{name: getattr(run, name) for name in RunBody.model_fields})


def _report() -> dict[int | str, dict[str, Any]]:
    return {**documented(404, 422), 200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
