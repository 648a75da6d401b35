"""A page's address in the form in which the same page is known again."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_TRACKING = re.compile(
    r"(?:utm|mtm|itm|pk|at|stm|ns|hsa|vero|oly|mkt|_hs)_\w*|(?:dc|fb|g|y|ysc|tw)clid|(?:msclk|wbra|gbra|igsh)id|mc_[ce]id"
    r"|_ga|_gl|_hsenc|_hsmi|mkt_tok|xtor|ocid|cmpid|cmp|smid|smtyp|ito|ftag|ref_src|ref_url|guccounter|srnd|s_cid|ncid"
    r"|amp|outputtype|partner_id|sharetype|feedtype|feedname",
    re.IGNORECASE,
)


def is_tracking(name: str) -> bool:
    """Whether a parameter of a query says how a reader came, not which page it is.

    A name that is missing here costs a second copy of an article; one too many would make two articles one, and
    the older be taken for a version of the newer. So ``id``, ``cid``, ``ref``, ``source`` and their like stay.
    """
    return bool(_TRACKING.fullmatch(name))


def address_of(url: str | None) -> str | None:
    """The address without scheme, "www.", the usual port, tracking marks, fragment and closing slash.

    None where it names no page: a site's front page is the address of no article.
    """
    try:
        parts = urlsplit(url or "")
        host = re.sub(r":(?:80|443)?$", "", parts.netloc.rpartition("@")[2].lower()).removeprefix("www.")
    except ValueError:
        return None
    pairs = sorted(pair for pair in parts.query.split("&") if pair and not is_tracking(pair.partition("=")[0]))
    path = parts.path.rstrip("/") + (f"?{'&'.join(pairs)}" if pairs else "")
    return host + path if host and path else None
