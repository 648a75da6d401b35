"""Metrics have the values of their definitions and of the reference implementations."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk.errors import BadInput
from newsdesk.evaluate import answers
from newsdesk.evaluate.calibration import Array, aurc, auroc, ece, quantile, reliability, risk_coverage
from newsdesk.evaluate.metrics import HEADLINES, METRICS, metric, minimum
from newsdesk.evaluate.retrieval import measure


def all_once(size: int) -> Array:
    return np.ones((1, size))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Cat, the HAT!", "cat hat"),
        ("a  an\tthe", ""),
        ("U.S.A.", "usa"),
        ("theatre an-other", "theatre another"),
        ("Tu-95 bombers", "tu95 bombers"),
        ("“quoted”", "“quoted”"),
    ],
)
def test_normalisation_is_squads(text: str, normal: str) -> None:
    assert answers.normalise(text) == normal


@pytest.mark.parametrize(
    ("prediction", "gold", "exact", "f1"),
    [
        ("the Denver Broncos", "Denver Broncos", 1.0, 1.0),
        ("Denver", "Denver Broncos", 0.0, 2 / 3),
        ("Carolina", "Denver Broncos", 0.0, 0.0),
        ("a b b c", "b b d", 0.0, 2 * (2 / 3) * (2 / 3) / (4 / 3)),
        ("the", "a", 1.0, 1.0),
        ("the", "x", 0.0, 0.0),
        ("", "", 1.0, 1.0),
    ],
)
def test_exact_match_and_f1_are_squads(prediction: str, gold: str, exact: float, f1: float) -> None:
    assert answers.exact(prediction, gold) == exact
    assert answers.f1(prediction, gold) == pytest.approx(f1)


def test_containing_counts_whole_tokens() -> None:
    assert answers.contains("It fell by 10 per cent.", "10 per cent") == 1.0
    assert answers.contains("In 2010 it fell.", "10") == 0.0
    assert answers.contains("Anything", "the") == 0.0


@settings(deadline=None)  # another process may have the processor
@given(st.text(), st.text())
def test_f1_is_symmetric_bounded_and_one_for_the_same(left: str, right: str) -> None:
    assert answers.f1(left, right) == pytest.approx(answers.f1(right, left))
    assert 0.0 <= answers.f1(left, right) <= 1.0
    assert answers.f1(left, left) == 1.0
    assert answers.exact(left, right) <= answers.f1(left, right) + 1e-12


@pytest.mark.parametrize(
    ("answer", "numbers", "share"),
    [
        ("It sank. [1]", [1], 1.0),
        ("It sank [1]. Four died [2].", [1, 2], 1.0),
        ("It sank. [1] Four died. [2]", [1, 2], 1.0),
        ("It sank. Four died [1].", [1], 0.5),
        ("It sank [3].", [1], 0.0),
        ("Four [1]\n\n“It sank. Four died.” [1]", [1], 1.0),
        ("Gazette, 4 May: “It sank. Four died.” [1][2]", [1], 1.0),
        ("[1]", [1], None),
        ("", [], None),
    ],
)
def test_sentences_count_as_cited_by_the_marker_in_or_after_them(
    answer: str, numbers: list[int], share: float | None
) -> None:
    assert answers.cited_share(answer, numbers) == share


def test_a_short_answer_is_one_sentence_whatever_stops_are_in_it() -> None:
    answer = "She hit it. At 7.12 it sank [1]\n\n“She hit it. At 7.12 it sank.” [1]"
    assert answers.cited_share(answer, [1]) == 2 / 3
    assert answers.cited_share(answer, [1], "she hit it. At 7.12 it sank") == 1.0
    assert answers.cited_share(answer.replace("[1]", "", 1), [1], "she hit it. At 7.12 it sank") == 0.5
    assert answers.cited_share("A\n\nIt sank [1].", [1], "A") == 0.5


def test_of_figures_that_differ_each_needs_a_marker_of_its_own() -> None:
    line = "The sources differ: 7.12 p.m. on Monday (Dr. K. Voss (Courier), 3 May 2031) [1]; seven (All of it!) [2][3]"
    assert answers.cited_share(line, [1, 2, 3]) == 1.0
    assert answers.cited_share(line, [1]) == 0.5
    assert answers.cited_share(line.replace(" [2][3]", ""), [1, 2, 3]) == 0.5
    assert answers.cited_share(f"Nobody knows. {line}", [1, 2, 3]) != 1.0


def test_ranking_measures_are_those_of_their_definitions() -> None:
    values = measure({"q": ["a", "b", "c"]}, {"q": ["x", "a", "y", "b"]})["q"]
    assert values["recall@1"] == 0.0
    assert values["recall@3"] == pytest.approx(1 / 3)
    assert values["recall@5"] == pytest.approx(2 / 3)
    assert (values["hit@1"], values["hit@3"]) == (0.0, 1.0)
    assert values["mrr@10"] == 0.5
    assert values["map"] == pytest.approx((1 / 2 + 2 / 4) / 3)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert values["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)


def test_nothing_found_is_zero_and_a_place_beyond_ten_has_no_reciprocal_rank() -> None:
    late = [f"d{place}" for place in range(10)] + ["a"]
    values = measure({"none": ["a"], "late": ["a"]}, {"late": late})
    assert set(values["none"].values()) == {0.0}
    assert values["late"]["mrr@10"] == 0.0
    assert values["late"]["map"] == pytest.approx(1 / 11)


def test_hits_and_reciprocal_ranks_are_those_of_multihop_rags_script() -> None:
    """The places of the first chunk with a gold fact in eight of its records, and its script's figures."""
    first = [None, 4, 1, 7, 1, None, 1, 1]
    ranked = {
        str(number): ["fact" if rank == place else f"chunk-{rank}" for rank in range(1, 11)]
        for number, place in enumerate(first)
    }
    values = measure({name: ["fact"] for name in ranked}, ranked, cutoffs=(4, 10)).values()
    assert sum(one["hit@10"] for one in values) / 8 == 0.75
    assert sum(one["hit@4"] for one in values) / 8 == 0.625
    assert sum(one["mrr@10"] for one in values) / 8 == pytest.approx(0.5491071428571428, abs=1e-15)


@settings(deadline=None)  # another process may have the processor
@given(st.permutations([f"d{place}" for place in range(12)]), st.sets(st.integers(0, 15), min_size=1, max_size=6))
def test_ranking_measures_agree_with_pytrec_eval(ranking: list[str], relevant: set[int]) -> None:
    gold = [f"d{place}" for place in relevant]
    values = measure({"q": gold}, {"q": ranking})["q"]
    judge = pytrec_eval.RelevanceEvaluator(
        {"q": dict.fromkeys(gold, 1)}, {"map", "recall_5,10", "ndcg_cut_10", "success_1,5", "recip_rank"}
    )
    theirs = judge.evaluate({"q": {item: 100.0 - place for place, item in enumerate(ranking)}})["q"]
    pairs = {"map": "map", "recall@5": "recall_5", "recall@10": "recall_10", "ndcg@10": "ndcg_cut_10"}
    for ours, name in (pairs | {"hit@1": "success_1", "hit@5": "success_5"}).items():
        assert values[ours] == pytest.approx(theirs[name]), ours
    assert values["mrr@10"] == pytest.approx(theirs["recip_rank"] if theirs["recip_rank"] >= 0.1 else 0.0)


scored = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.55, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30
)


@settings(deadline=None)  # another process may have the processor
@given(scored)
def test_auroc_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[float, bool]]) -> None:
    score, label = np.array([s for s, _ in pairs]), np.array([float(y) for _, y in pairs])
    wins = [
        1.0 if high > low else 0.5 if high == low else 0.0
        for (high, yes), (low, no) in itertools.product(pairs, pairs)
        if yes and not no
    ]
    value = auroc(score, label, all_once(len(pairs)))[0]
    assert np.isnan(value) if not wins else value == pytest.approx(sum(wins) / len(wins))


@settings(deadline=None)  # another process may have the processor
@given(scored)
def test_ece_is_the_weighted_gap_of_the_bins(pairs: list[tuple[float, bool]]) -> None:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for sure, right in pairs:
        bins.setdefault(min(int(sure * 10), 9), []).append((sure, right))
    gap = sum(abs(sum(s for s, _ in part) - sum(y for _, y in part)) for part in bins.values()) / len(pairs)
    score, label = np.array([s for s, _ in pairs]), np.array([float(y) for _, y in pairs])
    assert ece(score, label, all_once(len(pairs)))[0] == pytest.approx(gap)
    points = reliability(score, label)
    assert sum(point["n"] for point in points) == len(pairs)


@settings(deadline=None)  # another process may have the processor
@given(scored)
def test_aurc_is_the_mean_risk_of_keeping_at_least_each_confidence(pairs: list[tuple[float, bool]]) -> None:
    risks = []
    for bar, _ in pairs:
        kept = [label for score, label in pairs if score >= bar]
        risks.append(1 - sum(kept) / len(kept))
    score, label = np.array([s for s, _ in pairs]), np.array([float(y) for _, y in pairs])
    assert aurc(score, label, all_once(len(pairs)))[0] == pytest.approx(sum(risks) / len(risks))
    curve = risk_coverage(score, label)
    assert curve[-1]["coverage"] == 1.0
    assert curve[-1]["risk"] == pytest.approx(1 - label.mean())


@settings(deadline=None)  # another process may have the processor
@given(
    st.lists(st.tuples(st.floats(0, 1, width=16), st.booleans(), st.integers(0, 3)), min_size=1, max_size=20).filter(
        lambda rows: any(count for *_, count in rows)
    )
)
def test_a_weight_is_the_same_as_so_many_copies(rows: list[tuple[float, bool, int]]) -> None:
    score, label = np.array([s for s, *_ in rows]), np.array([float(y) for _, y, _ in rows])
    weights = np.array([[float(count) for *_, count in rows]])
    copies = [(s, y) for s, y, count in rows for _ in range(count)]
    many, labels = np.array([s for s, _ in copies]), np.array([float(y) for _, y in copies])
    for measured in (auroc, ece, aurc):
        expected = measured(many, labels, all_once(len(copies)))
        assert measured(score, label, weights) == pytest.approx(expected, nan_ok=True, abs=1e-9)
    for share in (0.5, 0.95, 1.0):
        assert quantile(score, share, weights) == quantile(many, share, all_once(len(copies)))


def test_every_metric_says_what_it_means_and_headlines_are_metrics() -> None:
    assert set(HEADLINES) <= set(METRICS)
    assert all(one.meaning and one.label for one in METRICS.values())


def test_a_misspelt_metric_names_the_near_ones() -> None:
    with pytest.raises(BadInput, match=r"no metric 'recal@5'. Did you mean recall@5"):
        metric("recal@5")
    with pytest.raises(BadInput, match="Known are: correct, em"):
        metric("zzzzzz")


@pytest.mark.parametrize("text", ["f1", "f1=", "f1=high", "f1=2", "f1=-0.1", "f1=nan", "latency_p50_ms=-1"])
def test_a_minimum_must_be_a_metric_and_a_value_in_range(text: str) -> None:
    with pytest.raises(BadInput, match="--min"):
        minimum(text)


def test_a_minimum_is_a_maximum_where_lower_is_better() -> None:
    assert minimum("f1=0.5").met(0.5)
    assert not minimum("f1=0.5").met(0.49)
    assert not minimum("f1=0.5").met(None)
    assert minimum("ece=0.1").met(0.05)
    assert not minimum("latency_p95_ms=200").met(200.5)
