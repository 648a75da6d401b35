"""Chat models and how they fail. The only file that knows ``init_chat_model``.

Any model that LangChain's ``init_chat_model`` knows is loaded by its name, ``provider:model``. Keys and addresses come
from the provider's own environment variables (``OPENAI_API_KEY``, ``OPENAI_BASE_URL``, ``ANTHROPIC_API_KEY``,
``OLLAMA_HOST``); newsdesk neither stores nor logs them. Whatever goes wrong is one exception, ModelFailure.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from pydantic import SecretStr

from newsdesk.errors import BadInput, NewsdeskError

Cause = Literal[
    "no key", "wrong key", "time-out", "rate limit", "refusal", "empty", "broken", "too long", "unreachable", "cut off",
    "not found", "rejected", "provider error",
]  # fmt: skip

EXTRAS = {"openai": "openai", "anthropic": "anthropic", "ollama": "ollama"}
"""Providers with an extra of newsdesk's own, and its name."""

_NOTES: dict[Cause, str] = {
    "no key": "no key is set for the chat model",
    "wrong key": "the chat model's provider did not accept the key",
    "time-out": "the chat model took too long",
    "rate limit": "the chat model's provider asks to slow down",
    "refusal": "the chat model declined to answer",
    "empty": "the chat model sent an empty answer",
    "broken": "the chat model sent an answer that could not be used",
    "too long": "the passages are too long for the chat model",
    "unreachable": "the chat model could not be reached",
    "cut off": "the chat model broke off in the middle of its answer",
    "not found": "the provider does not know this chat model",
    "rejected": "the chat model's provider rejected the request",
    "provider error": "the chat model's provider had a fault",
}
_PASSING: tuple[Cause, ...] = ("rate limit", "unreachable", "provider error", "cut off")
_LASTING: tuple[Cause, ...] = ("no key", "wrong key", "not found", "rejected", "time-out")
_BY_NAME: tuple[tuple[str, Cause], ...] = (
    ("ContextOverflow", "too long"),
    ("Timeout", "time-out"),
    ("RemoteProtocolError", "cut off"),
    ("IncompleteRead", "cut off"),
    ("Authentication", "wrong key"),
    ("PermissionDenied", "wrong key"),
    ("RateLimit", "rate limit"),
    ("Connect", "unreachable"),
    ("ReadError", "cut off"),
    ("JSONDecode", "broken"),
    ("ResponseValidation", "broken"),
)
_BY_STATUS: dict[int, Cause] = {
    401: "wrong key", 403: "wrong key", 404: "not found", 408: "time-out", 413: "too long", 429: "rate limit",
    504: "time-out",
}  # fmt: skip
_TOO_LONG = re.compile(
    r"context.{0,20}(length|window|size|exceed)|too (long|many tokens)|maximum context", re.IGNORECASE
)
_NO_KEY = re.compile(r"api[_ ]?key|credentials|_API_KEY|token.{0,20}(missing|not set)", re.IGNORECASE)
_LIKE_KEY = re.compile(r"\b(?:sk|pk|gsk|xai|key|AIza)[-_A-Za-z0-9*]{6,}|(?i:bearer)\s+\S+|(?i:api[_-]?key)[=:]\s*\S+")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one answer."""

    timeout_s: float = 30.0
    """Longest silence of the provider, in seconds."""
    total_s: float = 90.0
    """Longest whole answer with its retries, in seconds."""
    tries: int = 2
    wait_s: float = 1.0
    """Pause before another try, in seconds."""
    context_tokens: int = 6000
    """Most tokens of the passages in a prompt, as estimated (see ``prompt.tokens``)."""
    answer_tokens: int = 1024


LIMITS = Limits()


class ModelFailure(NewsdeskError):
    """A chat model gave no answer that can be used.

    ``note`` is for the user, one plain sentence; ``reason`` is for the log. Neither holds a key.
    """

    status = 502

    def __init__(self, cause: Cause, reason: str = ""):
        self.cause: Cause = cause
        self.reason = f"{cause}: {reason}" if reason else str(cause)
        self.note = f"What is shown comes from the articles alone, because {_NOTES[cause]}."
        super().__init__(self.note)

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed a moment later."""
        return self.cause in _PASSING

    @property
    def lasting(self) -> bool:
        """Whether any other request to this model would fail as well, or keep the asker waiting as long."""
        return self.cause in _LASTING


def load_chat_model(name: str, limits: Limits = LIMITS) -> BaseChatModel:
    """The chat model ``provider:model``, for example ``openai:gpt-5-mini`` or ``ollama:gemma3``.

    Raises BadInput for a name of another form, an unknown provider or one whose package is missing; ModelFailure where
    the provider's key is not set.
    """
    provider, colon, model = name.partition(":")
    if not (colon and provider and model):
        raise BadInput(
            f"The chat model {name!r} is not of the form provider:model. Write, for example, openai:gpt-5-mini."
        )
    try:
        loaded: BaseChatModel = init_chat_model(model, model_provider=provider, **_options(provider, limits))
    except ImportError as error:
        raise BadInput(f"The chat model {name!r} needs a package that is missing. Run: {_install(provider)}") from error
    except ValueError as error:
        if "nsupported" in str(error):
            raise BadInput(f"No provider {provider!r} is known to LangChain; see its list of chat models.") from error
        raise _unloadable(name, error) from error
    except Exception as error:  # each provider has its own way to say that its key is missing
        raise _unloadable(name, error) from error
    return loaded


def _options(provider: str, limits: Limits) -> dict[str, Any]:
    if provider == "ollama":
        return {"client_kwargs": {"timeout": limits.timeout_s}, "num_predict": limits.answer_tokens}
    return {"timeout": limits.timeout_s, "max_retries": 0, "max_tokens": limits.answer_tokens}


def _install(provider: str) -> str:
    if provider in EXTRAS:
        return f'pip install "newsdesk[{EXTRAS[provider]}]"'
    return f"pip install langchain-{provider.replace('_', '-')}"


def _unloadable(name: str, error: Exception) -> NewsdeskError:
    if _NO_KEY.search(str(error)):
        return ModelFailure("no key", f"{name}: {type(error).__name__}")
    return BadInput(f"The chat model {name!r} cannot be loaded ({type(error).__name__}: {scrub(str(error))}).")


def deltas(model: BaseChatModel, messages: Sequence[BaseMessage], deadline: float) -> Iterator[str]:
    """The text of the model's answer as it arrives, in one call; ``deadline`` is a ``time.monotonic()``.

    Raises ModelFailure for every fault of provider or network, for a refusal that the provider reports, an empty
    answer and one that breaks off.
    """
    said, ended = False, False
    try:
        for chunk in model.stream(list(messages)):
            if time.monotonic() > deadline:
                raise ModelFailure("time-out", "the time for the whole answer is over")
            _refused(chunk)
            ended = ended or bool(_finish(chunk))
            text = str(chunk.text)
            said = said or bool(text.strip())
            if text:
                yield text
    except ModelFailure:
        raise
    except Exception as error:  # every provider has exceptions of its own
        raise _failure(error, model) from error
    if not said:
        raise ModelFailure("empty")
    if not ended and model._llm_type in _REPORT_THE_END:
        raise ModelFailure("cut off", "the stream ended without a reason")


_REPORT_THE_END = ("openai-chat", "azure-openai-chat", "anthropic-chat", "chat-ollama")


def _finish(chunk: BaseMessage) -> str:
    given = chunk.response_metadata
    return str(given.get("finish_reason") or given.get("stop_reason") or given.get("done_reason") or "")


def _refused(chunk: BaseMessage) -> None:
    if chunk.additional_kwargs.get("refusal"):
        raise ModelFailure("refusal", "the provider says so")
    if _finish(chunk) in ("content_filter", "refusal", "safety", "SAFETY"):
        raise ModelFailure("refusal", _finish(chunk))


def _failure(error: Exception, model: BaseChatModel) -> ModelFailure:
    """The provider's exception as ours, by its HTTP status, its kind and its words."""
    chain = list(_causes(error))
    words = " ".join(str(one) for one in chain)
    reason = f"{type(error).__name__}: {scrub(str(error), _secrets(model))}"
    if _TOO_LONG.search(words):
        return ModelFailure("too long", reason)
    status = next((code for one in chain if (code := _status(one))), 0)
    if status in _BY_STATUS:
        return ModelFailure(_BY_STATUS[status], reason)
    names = " ".join(kind.__name__ for one in chain for kind in type(one).__mro__)
    for name, cause in _BY_NAME:
        if name in names:
            return ModelFailure(cause, reason)
    return ModelFailure("provider error" if status >= 500 else "rejected" if status >= 400 else "broken", reason)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else 0


def _secrets(model: BaseChatModel) -> list[str]:
    values = [getattr(model, field, None) for field in type(model).model_fields]
    held = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    named = [value for name, value in os.environ.items() if re.search("KEY|TOKEN|SECRET|PASSWORD", name)]
    return [value for value in (*held, *named) if len(value) >= 4]


def scrub(text: str, secrets: Sequence[str] = ()) -> str:
    """The text for a log: on one line, shortened, without keys and what looks like one."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return _LIKE_KEY.sub("…", " ".join(text.split()))[:300]
