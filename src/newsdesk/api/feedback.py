"""What people think of answers, kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from newsdesk.api.bodies import FeedbackBody, FeedbackKept
from newsdesk.api.problems import documented
from newsdesk.api.questions import ANSWER
from newsdesk.conversations import Feedback
from newsdesk.desk import Desk

LAST_OFFSET = 10**9


def router(desk: Desk) -> APIRouter:
    """``/api/feedback``."""
    routes = APIRouter(prefix="/api/feedback", tags=["feedback"])

    @routes.post("", status_code=HTTPStatus.CREATED, responses=documented(422))
    def judge(body: FeedbackBody) -> FeedbackKept:
        """Keep what someone thinks of an answer; what is acknowledged is on the disk."""
        return _body(desk.conversations.judge(body.verdict, body.question, body.reason, body.answer))

    @routes.get("", responses=documented(422))
    def feedback(
        limit: Annotated[int, Query(ge=1, le=1000)] = 100, offset: Annotated[int, Query(ge=0, le=LAST_OFFSET)] = 0
    ) -> list[FeedbackKept]:
        """What was thought of answers, the latest first."""
        return [_body(one) for one in desk.conversations.feedback(limit, offset)]

    return routes


def _body(kept: Feedback) -> FeedbackKept:
    fields = {name: getattr(kept, name) for name in FeedbackKept.model_fields}
    return FeedbackKept(**{**fields, "answer": kept.answer and ANSWER.dump_python(kept.answer, mode="json")})
