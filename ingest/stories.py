"""Which articles tell one story in nearly the same words: wire copy in several papers, shortened or retouched.

Candidates by MinHash (Broder 1997) and banding, so that each new article is compared with few; then the words
themselves decide. The only file that knows datasketch.
"""

from __future__ import annotations

import re
import zlib

import numpy as np
from datasketch import MinHash

WORDS = 3
"""Words in a shingle: enough to be seldom shared by chance, few enough that one changed word spoils little."""
LEAST = 20
"""Shingles of the shortest text that is compared; below, a notice or a headline is like many others."""
BANDS, ROWS = 32, 4
"""Two texts that share half of their shingles meet in a band with a chance of 0.87, at 0.7 of 0.9998."""
ALIKE = 0.5
"""Share of the shingles of both (Jaccard) from which on two texts are one story."""
WITHIN = 0.8
"""Share of the shorter's shingles that stand in the longer, from which on it is a shortened copy."""


def bands(text: str) -> list[int]:
    """Numbers of which texts of nearly the same words share one or more; none for a very short text."""
    found = _shingles(text)
    if len(found) < LEAST:
        return []
    sketch = MinHash(num_perm=BANDS * ROWS, hashfunc=zlib.crc32, scheme="affine32")
    sketch.update_batch([shingle.encode("utf-8", "replace") for shingle in found])
    rows = np.asarray(sketch.digest(), dtype=np.uint64).reshape(BANDS, ROWS)
    return [zlib.crc32(row.tobytes()) | number << 32 for number, row in enumerate(rows)]


def alike(text: str, other: str) -> bool:
    """Whether two texts tell one story in nearly the same words, or one is the other shortened."""
    mine, theirs = _shingles(text), _shingles(other)
    if min(len(mine), len(theirs)) < LEAST:
        return False
    shared = len(mine & theirs)
    return shared >= ALIKE * len(mine | theirs) or shared >= WITHIN * min(len(mine), len(theirs))


def _shingles(text: str) -> set[str]:
    words = re.findall(r"\w+", text.casefold())
    return {" ".join(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1)}
