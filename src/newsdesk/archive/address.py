"""A page's address in the form in which the same page is known again. The only file that knows courlan."""

from __future__ import annotations

from urllib.parse import urlsplit


def address_of(url: str | None) -> str | None:
    """The address without scheme, "www.", tracking marks, fragment and closing slash.

    None where it names no page: a site's front page is the address of no article.
    """
    if not url:
        return None
    from courlan import normalize_url

    try:
        parts = urlsplit(normalize_url(url))
    except ValueError:
        return None
    path = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return parts.netloc.lower().removeprefix("www.") + path if parts.netloc and path else None
