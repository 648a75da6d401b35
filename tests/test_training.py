"""Preparing training data keeps every answer in its place; the metrics are SQuAD's."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from newsdesk.reader import MODEL_DIR
from newsdesk.span_model import Batch, Output, load_tokenizer
from training.batches import Targets, batches, encoded
from training.export import digest, mean
from training.groups import Group, Material, Piece, asked, cut, groups_of, lacks, piece_of, positive, twin
from training.groups import without_answer as without
from training.metrics import auroc, best, calibration_error, exact, f1, normalise, reliability
from training.records import CALIBRATION, HELD_OUT, Example, example, saved, thinned_qamr
from training.records import save as save_examples
from training.train import loss_of, rate_at

CONTEXT = (
    "The council met on Monday in Leeds. Mayor Ann Lee said the bridge would close in 2019. "
    "Work on it will cost £4 million. Nobody was hurt when a lorry hit it in May. "
    "Traffic will be sent over the old bridge near the station until the work is done."
)
TEXTS = st.text(alphabet=st.sampled_from("ab é.!?\n😀“”1"), min_size=1, max_size=400)


def item(question: str, answer: str, context: str = CONTEXT, article: str = "Bridge") -> Example:
    start = context.find(answer) if answer else -1
    spans = ((start, start + len(answer)),) if answer else ()
    return Example(f"id-{question}", "squad-train-1.1", article, article, context, question, spans)


@given(TEXTS, st.data())
def test_an_answer_keeps_its_words_when_its_context_is_cut(context: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(context) - 1))
    end = data.draw(st.integers(start + 1, len(context)))
    for a, b in cut(context, data.draw(st.integers(20, 200))):
        piece = piece_of("t", context, a, b, [(start, end)])
        for first, last in piece.spans:
            assert piece.text[first:last] == context[start:end]


@given(st.integers(40, 300), st.integers())
def test_the_positive_passage_holds_the_answer(max_chars: int, seed: int) -> None:
    held = positive(item("What will it cost?", "£4 million"), max_chars, random.Random(seed))
    assert held is not None
    assert [held.text[start:end] for start, end in held.spans] == ["£4 million"]


@given(st.integers())
def test_groups_have_the_answer_first_and_nowhere_else(seed: int) -> None:
    other = "Another bridge, in York, was closed for years. It cost more than anyone had thought it would."
    examples = [item("What will it cost?", "£4 million"), item("Where was it?", "York", other, "York")]
    material = Material(examples, [CONTEXT, other], [[1], [0]])
    for group in groups_of(0, material, 120, random.Random(seed)):
        assert all(lacks(piece.text, ["£4 million"]) for piece in group.pieces[1:])
        assert not any(piece.spans for piece in group.pieces[1:])


def test_groups_are_repeatable() -> None:
    material = Material([item("What will it cost?", "£4 million")], [CONTEXT], [[]])
    assert groups_of(0, material, 120, random.Random(5)) == groups_of(0, material, 120, random.Random(5))


def test_a_passage_without_its_answer_loses_that_sentence_alone() -> None:
    start = CONTEXT.index("2019")
    bare = without(Piece("", CONTEXT, ((start, start + 4),)))
    assert bare is not None
    assert "2019" not in bare.text
    assert "£4 million" in bare.text


def test_a_twin_changes_one_detail() -> None:
    changed = twin("What did Mayor Ann Lee close in 2019?", CONTEXT, random.Random(1))
    assert changed is not None
    assert normalise(changed) != normalise("What did Mayor Ann Lee close in 2019?")
    assert twin("why", CONTEXT, random.Random(1)) is None


@given(st.text(max_size=60), st.integers())
def test_a_question_as_people_type_it_keeps_its_length_or_loses_its_mark(question: str, seed: int) -> None:
    assert len(asked(question, random.Random(seed)).split()) <= len(question.lower().split())


def test_tokens_of_the_answer_are_marked_in_the_passage_not_in_the_title() -> None:
    tokenizer = load_tokenizer(MODEL_DIR)
    start = CONTEXT.index("Leeds")
    row = encoded(tokenizer, "Where is Leeds?", Piece("Leeds today", CONTEXT, ((start, start + 5),)))
    ((first, last),) = row.spans
    assert first == last
    assert row.mask[first]
    assert row.encoding.offsets[first] == (start + len("Leeds today. "), start + 5 + len("Leeds today. "))


def test_batches_hold_every_group_once_and_keep_to_their_size() -> None:
    tokenizer = load_tokenizer(MODEL_DIR)
    start = CONTEXT.index("Leeds")
    pool = [Group(f"Where did they meet {i}?", (Piece("", CONTEXT, ((start, start + 5),)),)) for i in range(9)]
    found = batches(tokenizer, pool, 300, random.Random(0))
    assert sum(len(targets.answered) for _, targets in found) == 9
    assert all(batch.input_ids.numel() <= 300 for batch, _ in found)
    assert all(targets.starts.sum() == len(targets.answered) for _, targets in found)


def _loss(start: float, relevance: tuple[float, float]) -> float:
    logits = torch.zeros(2, 4)
    logits[0, 2] = start
    marks = torch.zeros(2, 4, dtype=torch.bool)
    marks[0, 2] = True
    parts = torch.tensor([[0, 1, 1, 0]] * 2)
    batch = Batch(logits, logits, logits, parts)
    targets = Targets(marks, marks, marks.any(-1), torch.tensor([True, True]), torch.tensor([0, 0]))
    return float(loss_of(Output(logits, logits, torch.tensor(relevance)), batch, targets))


def test_the_loss_falls_when_the_answer_scores_higher_and_the_right_passage_is_preferred() -> None:
    assert _loss(3.0, (0.0, 0.0)) < _loss(0.0, (0.0, 0.0)) < _loss(-3.0, (0.0, 0.0))
    assert _loss(0.0, (2.0, -2.0)) < _loss(0.0, (0.0, 0.0)) < _loss(0.0, (-2.0, 2.0))


def test_the_learning_rate_rises_and_falls_to_nothing() -> None:
    assert rate_at(0.0, 1.0) == 0.0
    assert rate_at(0.04, 1.0) == pytest.approx(1.0)
    assert rate_at(0.52, 1.0) == pytest.approx(0.5)
    assert rate_at(1.0, 1.0) == 0.0


def test_metrics_normalise_as_squad_does() -> None:
    assert normalise("The  Old-Bridge, an oak!") == "oldbridge oak"
    assert exact("the Bridge.", "bridge") == 1.0
    assert f1("the old bridge", "bridge") == pytest.approx(2 / 3)
    assert f1("", "bridge") == 0.0
    assert best(f1, "old bridge", ["road", "old bridge near Leeds"]) == pytest.approx(2 / 3)


def test_auroc_counts_ties_as_half() -> None:
    assert auroc([2.0, 3.0], [1.0, 0.0]) == 1.0
    assert auroc([1.0], [1.0]) == 0.5
    assert auroc([0.0, 2.0], [1.0, 1.0]) == 0.5


def test_calibration_error_is_zero_where_confidence_is_true() -> None:
    assert calibration_error([0.5] * 4, [1, 0, 1, 0]) == pytest.approx(0.0)
    assert calibration_error([0.95] * 2, [0, 0]) == pytest.approx(0.95)
    assert reliability([1.0, 0.05], [1, 0])[1]["from"] == 0.9


def test_examples_survive_saving(tmp_path: Path) -> None:
    path = tmp_path / "work" / "examples.jsonl"
    examples = [item("What\u2028cost?", "£4 million"), item("Why?", "")]
    save_examples(examples, path)
    assert saved(path) == examples


def test_a_record_becomes_an_example() -> None:
    found = example(
        {
            "id": "1", "title": "Two_words", "context": "Ann is here", "question": " Who  is here?",
            "answers": [{"text": "Ann", "answer_start": 0}], "source": "squad-dev-1.1",
        }
    )  # fmt: skip
    assert (found.article, found.title, found.question) == ("Two_words", "Two words", "Who is here?")
    assert found.answers == ["Ann"]


def test_qamr_is_thinned_to_agreed_questions_few_for_a_sentence() -> None:
    records = [
        {
            "id": f"s|{i}", "context": "Ann is here now", "question": f"Who is here now {i}?", "source": "qamr",
            "domain": "wikinews", "votes": 1 + i % 3, "answers": [{"text": "Ann", "answer_start": 0}],
        }
        for i in range(60)
    ]  # fmt: skip
    assert len(thinned_qamr(records, random.Random(0))) == 10


def test_articles_held_out_and_for_calibration_are_apart() -> None:
    assert not HELD_OUT & CALIBRATION


def test_averaged_weights_are_the_mean(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a", "b")]
    for path, value in zip(paths, (1.0, 3.0), strict=True):
        save_file({"w": torch.tensor([value])}, path)
    assert mean(paths)["w"].item() == 2.0
    assert len(digest(paths[0])) == 64
