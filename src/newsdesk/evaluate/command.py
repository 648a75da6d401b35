"""What ``newsdesk evaluate`` does, from a file of questions to an exit code."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, cast

from pydantic import BaseModel

from newsdesk.errors import BadInput, NotFound
from newsdesk.evaluate import machine
from newsdesk.evaluate.bar import bar
from newsdesk.evaluate.comparison import compare
from newsdesk.evaluate.metrics import Minimum, minimum
from newsdesk.evaluate.questions import Archive, QuestionSet, read_questions
from newsdesk.evaluate.report import report_html
from newsdesk.evaluate.results import Result, collect, read_result, write_result
from newsdesk.evaluate.run import BATCH, TOP_K, Chain, Progress, run
from newsdesk.evaluate.score import Judge
from newsdesk.evaluate.terminal import lines, missed
from newsdesk.types import Article


class Measured(Protocol):
    """What is measured: a chain over an archive, and its settings."""

    @property
    def chain(self) -> Chain:
        """Question → answer."""
        ...

    @property
    def archive(self) -> Archive:
        """The articles that citations are held against."""
        ...

    @property
    def settings(self) -> BaseModel:
        """What was set; secrets are hidden before it is written anywhere."""
        ...

    def describe(self) -> Mapping[str, str]:
        """Engine and models, with their versions or digests."""
        ...


def stream(
    chain: Chain,
    archive: Archive,
    questions: QuestionSet,
    *,
    about: Mapping[str, Any] | None = None,
    journal: Path | None = None,
    top_k: int = TOP_K,
    batch_size: int = BATCH,
    judge: Judge | None = None,
) -> Iterator[Progress | Result]:
    """Ask all questions: how far it is after each batch, and at last the result. Closing it stops the run.

    With a ``journal`` a run that was stopped goes on where it ended, as long as ``about`` (what is measured)
    is the same; the caller removes it when the result is safe.
    """
    about = about if about is not None else {}
    with _kept(journal) as file:
        yield from run(chain, archive, questions, file, identity=about, top_k=top_k, batch_size=batch_size, judge=judge)
        yield collect(file, questions, {"top_k": top_k, **about})


def evaluate(
    chain: Chain,
    archive: Archive,
    questions: QuestionSet,
    *,
    progress: Callable[[Progress], None] | None = None,
    **options: Any,
) -> Result:
    """Ask all questions and measure the answers; ``options`` are those of ``stream``.

    ``progress`` is called after each batch, and may raise to stop.
    """
    with closing(cast("Generator[Progress | Result]", stream(chain, archive, questions, **options))) as steps:
        for step in steps:
            if isinstance(step, Result):
                return step
            if progress is not None:
                progress(step)
    raise AssertionError("a run ends with its result")


def evaluate_command(
    assistant: Measured,
    questions: Path,
    json_out: Path | None,
    report: Path | None,
    compare_with: Path | None,
    minimums: Sequence[str],
    write: Callable[[str], None],
    progress: Callable[[Progress], None] | None = None,
    judge: Judge | None = None,
    bring: Callable[[Sequence[Article]], object] | None = None,
) -> int:
    """Evaluate a set and write what was asked for; 0, or 1 if a minimum was missed.

    Some sets bring their own articles (SQuAD, MRQA, BEIR); those that the archive lacks are handed to
    ``bring``, which stores them there.
    Without a ``progress`` a bar is shown where standard error is a terminal.
    Raises BadInput before anything is run if the set, a metric's name, the earlier result or an output's
    folder is wrong.
    """
    wanted = [minimum(text) for text in minimums]
    earlier = read_result(compare_with) if compare_with is not None else None
    for path in (json_out, report):
        _writable(path)
    asked = read_questions(questions, assistant.archive)
    if bring is not None and (missing := lacking(asked, assistant.archive)):
        write(f"Bringing {len(missing):,} articles of {asked.name} into the archive.")
        bring(missing)
    must_hold(asked, assistant.archive)
    if earlier is not None:
        _comparable(earlier, asked)
    journal = journal_of(json_out or report)
    chain, archive, described = assistant.chain, assistant.archive, about(assistant)
    with bar() if progress is None else nullcontext(progress) as show:
        result = evaluate(chain, archive, asked, about=described, journal=journal, progress=show, judge=judge)
    comparison = compare(earlier, result) if earlier is not None else None
    if json_out is not None:
        write_result(result, json_out)
    if report is not None:
        report.write_text(report_html(result, comparison), encoding="utf-8", errors="backslashreplace")
    if journal is not None:
        journal.unlink(missing_ok=True)
    for line in lines(result, comparison):
        write(line)
    return _gate(wanted, result, write)


def about(assistant: Measured) -> dict[str, Any]:
    """What is measured by what: version, commit, models, settings without secrets, machine."""
    versions = machine.versions()
    return {
        "newsdesk": {"version": versions.get("newsdesk"), "commit": machine.commit()},
        "models": dict(assistant.describe()),
        "settings": machine.public(assistant.settings.model_dump()),
        "machine": machine.machine(),
        "versions": versions,
    }


def journal_of(output: Path | None) -> Path | None:
    """The journal beside an output file."""
    return output.with_name(f"{output.name}.journal") if output is not None else None


@contextmanager
def _kept(journal: Path | None) -> Iterator[Path]:
    if journal is not None:
        yield journal
        return
    with TemporaryDirectory(prefix="newsdesk-") as folder:
        yield Path(folder) / "journal"


def _writable(path: Path | None) -> None:
    if path is not None and path.is_dir():
        raise BadInput(f"{path} is a folder. Name a file in it to write to.")
    if path is not None and not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent} to write {path.name} to. Make it first.")


def lacking(questions: QuestionSet, archive: Archive) -> list[Article]:
    """The set's own articles that the archive does not hold, or holds with another text."""
    return [article for article in questions.articles() if _text(archive, article.id) != article.text]


def _text(archive: Archive, name: str) -> str | None:
    try:
        return archive.article(name).text
    except NotFound:
        return None


def must_hold(questions: QuestionSet, archive: Archive) -> None:
    """Raises BadInput unless the archive holds every article that the set asks about."""
    asked = dict.fromkeys(name for question in questions.questions for name in question.articles)
    if missing := [name for name in asked if _text(archive, name) is None]:
        some = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
        raise BadInput(
            f"{len(missing)} of the articles that {questions.name} asks about are not in the archive ({some}). "
            "Bring them in with newsdesk ingest, under the same ids, and run again."
        )


def _comparable(earlier: Result, questions: QuestionSet) -> None:
    before = {(record["id"], record["question"]) for record in earlier.questions}
    if not any((question.id, question.question) in before for question in questions.questions):
        raise BadInput(
            f"The earlier result is of {earlier.about['set']['name']} and has no question in common with "
            f"{questions.name}. Compare with a result of the same set."
        )


def _gate(wanted: Sequence[Minimum], result: Result, write: Callable[[str], None]) -> int:
    failed = [one for one in wanted if not one.met(result.value(one.metric.name))]
    for one in failed:
        write(missed(one, result.value(one.metric.name)))
    return 1 if failed else 0
