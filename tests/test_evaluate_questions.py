"""Question sets are read in every format as they are; a malformed one gets all its faults, with lines."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk.errors import BadInput
from newsdesk.evaluate import read_questions
from newsdesk.evaluate.questions import FIELDS
from newsdesk.types import Message
from tests.test_evaluate_fakes import QUESTIONS, Shelf, write_set


def faults(path: Path, archive: Shelf | None = None) -> list[str]:
    """What is wrong with a set: each line after the first, without the folder."""
    with pytest.raises(BadInput) as caught:
        read_questions(path, archive)
    assert caught.value.exit_code == 2
    return [line.replace(f"{path.parent}/", "") for line in str(caught.value).splitlines()[1:]]


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


SQUAD: dict[str, Any] = {
    "version": "v2.0",
    "data": [
        {
            "title": "Ferry",
            "paragraphs": [
                {
                    "context": "The ferry sank.",
                    "qas": [
                        {"id": "a", "question": "What sank?", "answers": [{"text": "The ferry", "answer_start": 0}]}
                    ],
                },
                {
                    "context": "Four died.",
                    "qas": [
                        {"id": "b", "question": "How many died?", "answers": [{"text": "Four", "answer_start": 0}]},
                        {"id": "c", "question": "Who?", "is_impossible": True, "answers": []},
                    ],
                },
            ],
        }
    ],
}


def test_jsonl_of_the_contract_keeps_every_field(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "set.jsonl",
        {
            "id": "x",
            "question": "And then?",
            "answers": ["9 per cent"],
            "articles": ["mine"],
            "evidence": ["They want 9 per cent."],
            "history": [{"role": "user", "content": "What about the mine?"}],
            "asked_at": "2031-03-05",
            "kind": "follow-up",
            "standalone": "How much do the miners want?",
        },
    )
    (question,) = read_questions(path, Shelf()).questions
    assert question.answers == ("9 per cent",)
    assert question.history == (Message("user", "What about the mine?"),)
    assert question.asked_at == date(2031, 3, 5)
    assert question.standalone == "How much do the miners want?"
    asked = question.ask(50)
    assert (asked.question, asked.history, asked.top_k, asked.asked_at) == (
        "And then?",
        question.history,
        50,
        date(2031, 3, 5),
    )


def test_a_set_may_be_compressed_and_is_told_apart_by_its_bytes(tmp_path: Path) -> None:
    plain = write_set(tmp_path / "set.jsonl")
    packed = tmp_path / "set.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_questions(packed).questions == read_questions(plain).questions
    assert read_questions(packed).sha256 != read_questions(plain).sha256


def test_csv_holds_lists_divided_by_bars_or_as_json(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text(
        "\ufeffid,Question,answer,article,answerable,history\n"
        'a,"How many,\npeople?",Four people | four,ferry,,\n'
        'b,How much?,"[""9 per cent""]",mine,yes,"[{""role"": ""user"", ""content"": ""Hi""}]"\n'
        "c,Who owns it?,,,no,\n",
        encoding="utf-8",
    )
    first, second, third = read_questions(path, Shelf()).questions
    assert first.question == "How many,\npeople?"
    assert first.answers == ("Four people", "four")
    assert second.answers == ("9 per cent",)
    assert second.history == (Message("user", "Hi"),)
    assert not third.answerable


def test_squad_brings_its_articles_and_impossible_questions(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text(json.dumps(SQUAD), encoding="utf-8")
    found = read_questions(path)
    (article,) = found.articles()
    assert (article.id, article.text) == ("Ferry", "The ferry sank.\n\nFour died.")
    assert [(one.id, one.answers, one.articles, one.answerable) for one in found.questions] == [
        ("a", ("The ferry",), ("Ferry",), True),
        ("b", ("Four",), ("Ferry",), True),
        ("c", (), ("Ferry",), False),
    ]


def test_mrqa_brings_its_articles(tmp_path: Path) -> None:
    found = {"text": "Four", "char_spans": [[0, 3]]}
    path = lines(
        tmp_path / "set.jsonl",
        {"header": {"dataset": "NewsQA"}},
        {
            "id": "n1",
            "context": "Four died.",
            "qas": [{"qid": "a", "question": "How many?", "answers": ["Four"], "detected_answers": [found]}],
        },
    )
    read = read_questions(path)
    assert [(one.id, one.articles) for one in read.questions] == [("a", ("n1",))]
    assert [article.text for article in read.articles()] == ["Four died."]


def beir(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    lines(folder / "corpus.jsonl", {"_id": "d1", "title": "Ferry", "text": "It sank."}, {"_id": "d2", "text": "Mine."})
    lines(folder / "queries.jsonl", {"_id": "q1", "text": "what sank"}, {"_id": "q9", "text": "of another split"})
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n", encoding="utf-8")
    return folder


def test_a_beir_folder_tests_retrieval_of_the_judged_queries(tmp_path: Path) -> None:
    found = read_questions(beir(tmp_path / "beir"))
    assert [(one.id, one.question, one.articles, one.answers) for one in found.questions] == [
        ("q1", "what sank", ("d1",), ())
    ]
    assert [article.id for article in found.articles()] == ["d1", "d2"]


def test_all_faults_of_a_jsonl_set_are_listed_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    good = json.dumps(QUESTIONS[0])
    bad = [
        good,
        '{"id": "q1", "question": "Again?", "answers": ["Four people"], "articles": ["ferry"]}',
        '{"id": "x1", "question": "Where?", "answers": [""], "articles": ["nowhere"]}',
        '{"id": "x2", "question": " ", "answers": [], "articles": ["ferry"]}',
        '{"id": "x3", "question": "Who?", "answers": ["Four"], "articles": ["ferry"], "evidence": ["Five died."]}',
        '{"id": "x4", "question": "Who?", "answer": ["Four"], "articles": ["ferry"], "asked_at": "yesterday"}',
        '{"id": "x5", "question": "Who?", "answers": ["a"], "answerable": false}',
        '{"id": "x6", "question": "Who?", "answers": ["\\ud800"], "history": [{"role": "bot"}]}',
        "{broken",
        "[]",
        '{"id": "x7", "question": "Who?"}',
    ]
    path.write_bytes("\n".join(bad).encode() + b"\n\xff\n")
    found = faults(path, Shelf())
    assert found == [
        "set.jsonl:2: id 'q1' is used already at set.jsonl:1",
        'set.jsonl:3: answers holds ""; each must be a text that is not empty',
        'set.jsonl:4: question must be a text that is not empty, not " "',
        "set.jsonl:4: answers is empty; give one, or set answerable to false",
        "set.jsonl:5: evidence \"Five died.\" is not in the text of 'ferry'",
        "set.jsonl:6: unknown field 'answer'. Did you mean 'answers'?",
        'set.jsonl:6: asked_at must be a day as 2024-05-31, not "yesterday"',
        "set.jsonl:7: answers are given for a question marked as not answerable",
        'set.jsonl:8: answers holds "\\ud800"; each must be a text that is not empty',
        "set.jsonl:8: history turn 1 must have the role user or assistant, and a content",
        "set.jsonl:9: not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        "set.jsonl:10: not a JSON object",
        "set.jsonl:11: neither answers nor articles: nothing here could be right or wrong",
        "set.jsonl:12: not UTF-8: invalid start byte at byte 0",
    ]


def test_unknown_articles_are_named(tmp_path: Path) -> None:
    path = lines(tmp_path / "set.jsonl", {"id": "a", "question": "Who?", "answers": ["x"], "articles": ["no", "mine"]})
    assert faults(path, Shelf()) == ["set.jsonl:1: article 'no' is not in the archive (newsdesk ingest adds it)"]


def test_faults_of_a_csv_have_the_line_on_which_the_record_starts(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text(
        'id,question,answers,answerable\na,"Two\nlines?",x,\nb,,x,\n\nc,Who?,x,perhaps\nd,Who?,x,,,\n', encoding="utf-8"
    )
    assert faults(path) == [
        "set.csv:4: question must be a text that is not empty",
        'set.csv:6: answerable must be true or false, not "perhaps"',
        "set.csv:7: more cells than the 4 columns named in line 1",
    ]
    path.write_text("name,words\na,b\n", encoding="utf-8")
    assert faults(path) == ["set.csv:1: the first line must name the columns, question among them"]


def test_faults_of_squad_have_the_line_of_the_question(tmp_path: Path) -> None:
    broken = json.loads(json.dumps(SQUAD))
    pairs = broken["data"][0]["paragraphs"][1]["qas"]
    pairs[0]["answers"][0]["answer_start"] = 1
    pairs[1]["id"] = "a"
    path = tmp_path / "set.json"
    path.write_text(json.dumps(broken, indent=1), encoding="utf-8")
    place = [number for number, line in enumerate(path.read_text().splitlines(), 1) if '"id"' in line]
    assert faults(path) == [
        f"set.json:{place[1]}: answer 'Four' does not stand at answer_start 1 of its context",
        f"set.json:{place[2]}: id 'a' is used already at set.json:{place[0]}",
    ]
    path.write_text('{"questions": []}', encoding="utf-8")
    assert faults(path) == ['set.json:1: not SQuAD: there is no list "data" at its top']
    path.write_text('{"data":\n[,]}', encoding="utf-8")
    assert faults(path) == ["set.json:2: not JSON: Expecting value"]


def test_faults_of_mrqa_and_beir_have_their_lines(tmp_path: Path) -> None:
    found = {"text": "Five", "char_spans": [[0, 3]]}
    path = lines(
        tmp_path / "set.jsonl",
        {"header": {}},
        {"context": "Four died.", "qas": [{"qid": "a", "question": "?", "answers": [], "detected_answers": [found]}]},
        {"context": 7, "qas": []},
    )
    assert faults(path) == [
        "set.jsonl:2: detected answer 'Five' does not stand at [0, 3] of its context",
        "set.jsonl:2: answers is empty; give one, or set answerable to false",
        "set.jsonl:3: a line must have a text context and a list qas",
    ]
    folder = beir(tmp_path / "beir")
    (folder / "qrels" / "test.tsv").write_text("q1\td7\t1\nq1 d1 1\nq5\td1\t1\n", encoding="utf-8")
    lines(folder / "corpus.jsonl", {"_id": "d1", "text": "It sank."}, {"_id": "d1", "text": "It sank."})
    assert [line.replace("beir/", "") for line in faults(folder)] == [
        "qrels/test.tsv:2: must be query-id, corpus-id and score, divided by tabs",
        "corpus.jsonl:2: _id 'd1' is used already at corpus.jsonl:1",
        "queries.jsonl:1: article 'd7' is not among the set's articles",
        "qrels/test.tsv:3: query 'q5' is not in queries.jsonl",
    ]


def test_what_is_no_question_set_is_refused_by_name(tmp_path: Path) -> None:
    for name in ("missing.jsonl", "set.txt", "folder", "empty.jsonl", "broken.jsonl.gz"):
        path = tmp_path / name
        if name == "folder":
            path.mkdir()
        elif name != "missing.jsonl":
            path.write_bytes(b"")
        if name.endswith(".gz"):
            path.write_bytes(b"no gzip")
        with pytest.raises(BadInput, match=name):
            read_questions(path)


@settings(deadline=None)  # another process may have the processor
@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=4,
        ),
    )
)
def test_any_json_is_either_read_or_refused_with_its_line(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, object]
) -> None:
    path = lines(tmp_path_factory.mktemp("set") / "set.jsonl", fields)
    fault = ""
    try:
        (question,) = read_questions(path, Shelf()).questions
    except BadInput as error:
        fault = str(error)
    if fault:
        assert f"{path}:1: " in fault
        fault.encode()  # it can be printed
    else:
        assert question.question.strip()
        assert question.answers or question.articles or not question.answerable
