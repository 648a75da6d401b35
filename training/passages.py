"""A pool of passages with a plain TF-IDF search, to measure and calibrate the reader on what a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]


class Text(NamedTuple):
    """A passage of an article."""

    article: str
    title: str
    text: str


class Pool:
    """Passages that can be searched."""

    def __init__(self, texts: Sequence[Text]):
        self.texts = texts
        self._vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
        joined = [f"{text.title}. {text.text}" for text in texts]
        self._matrix = self._vectorizer.fit_transform(joined).T.tocsr()
        self._articles = np.array([text.article for text in texts])

    def nearest(self, question: str, count: int, without: str | None = None) -> list[Text]:
        """The passages nearest to the question, nearest first, without those of one article."""
        scores = (self._vectorizer.transform([question]) @ self._matrix).toarray()[0]
        if without is not None:
            scores[self._articles == without] = -1
        return [self.texts[i] for i in np.argsort(-scores, kind="stable")[:count]]
