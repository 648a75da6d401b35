"""What a line around an article is: a section's label, an advert, a promotion, a link to another story.

Each test is of a whole line, and each says no where the line could be a sentence of the article.
"""

from __future__ import annotations

import re

_HEADLINE_WORDS = 25

_LINKS = (
    r"more in this section|more (?:stories|news|articles|headlines)(?: (?:from|on|about|in|like) .{2,40})?"
    r"|more from .{2,50}"
    r"|more on (?:this|the) (?:story|topic|subject)|more like this|(?:read|see|find out) more|read next"
    r"|what to read next|also read|see also|related(?: .{0,10}(?:stor(?:y|ies)|articles?|topics?|content|coverage"
    r"|news|links?|posts|reading))?|(?:most|latest|today's most) (?:read|popular|viewed|shared|commented)"
    r"(?: (?:stories|articles|news|now|today|in .{2,30}))?|trending(?: (?:now|today|stories|topics))?"
    r"|breaking (?:stories|news)|top stories|latest (?:stories|headlines|articles|news)"
    r"|(?:recommended|selected|picked)(?: (?:for you|stories|reading|articles))|editor.?s.? picks?"
    r"|you (?:may|might) (?:also )?(?:like|enjoy|be interested in)|around the web|from around the web"
    r"|don.t miss|in other news|from our partners|promoted (?:stories|content)"
)
_ADVERTS = (
    r"advertis(?:ement|ing|ements)|advert|sponsored(?: (?:content|links|stories))?|continue reading below"
    r"|(?:story|article) continues below(?: (?:the )?advert(?:isement)?)?|scroll (?:down )?to continue(?: .*)?"
    r"|share(?: (?:this|via|on))?(?: (?:article|story|page|post))?|copy link|print(?: this)?(?: (?:page|story))?"
)
_WEAK = (
    r"comment|up next|tags|topics|newsletters?|popular(?: now)?|latest|news|follow us|share on .{2,30}|filed under"
    r"|back to (?:the )?top|about us|contact us|privacy(?: policy)?|terms(?: .{0,40})?|cookies?(?: policy)?"
)
_PROMPTS = (
    r"\d+ comments?|(?:view |show |read )?(?:all )?comments? ?\(\d+\)|leave a (?:comment|reply)"
    r"|join the (?:conversation|discussion)(?: ?\(\d+\))?|add a comment|have your say"
)
_COMMENTS = rf"(?:readers?.? )?comments|{_PROMPTS}"
LINK, ADVERT, WEAK, COMMENT = (
    re.compile(form, re.IGNORECASE) for form in (_LINKS, f"{_ADVERTS}|{_PROMPTS}", _WEAK, _COMMENTS)
)
_PROMOTION = re.compile(
    r"(?:Sign up|SIGN UP|Subscribe|SUBSCRIBE|Get|GET|Join|JOIN)\b(?i:.*\b(?:newsletters?|inbox|subscribers?))\b.*"
    r"|(?:Subscribe|SUBSCRIBE) (?i:now|today|here)\b.*|Download (?:our|the) .*\bapp\b.*|(?:Follow|FOLLOW) us\b.*"
)
_SPEECH = re.compile(r"\b(?:said|says|told|asked|added|wrote|according)\b")
_SMALL_PRINT = re.compile(
    r"(?:©|\(c\)|copyright [©\d(]).*|.*\ball rights reserved\.?|(?:tags|topics|filed under)\s*:.*|like us on .*",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:we(?: and our (?:\d+ )?partners)?|this (?:web)?site|our (?:web)?site)\b.{0,80}\bcookies?\b.*"
    r"|by (?:continuing|using|clicking|browsing|going on)\b.{0,150}\b(?:cookies?|agree|accept|consent|terms)\b.*"
    r"|(?:accept|reject|allow|manage|cookie)(?: all)?(?: (?:cookies?|preferences|options|choices|settings))?",
    re.IGNORECASE,
)
_INLINE_LINK = re.compile(
    r"(?:read more|also read|read also|see also|more|related(?: (?:story|stories|article|articles))?)\s*[:>»|]\s*\S.*"
    r"|(?:advertisement|sponsored)\s*[:|–—-]\s*\S.*",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.][\"'”’)\]]*$")


def is_one_of(line: str, *forms: re.Pattern[str]) -> bool:
    """Whether the whole line is one of the labels; a sentence never is."""
    if len(line) > 80 or _STOP.search(line.rstrip(" .") if line.endswith("...") else line):
        return False
    bare = line.strip(" \t:|-–—•·*#>»+.…").replace("’", "'")
    return any(form.fullmatch(bare) for form in forms)


def is_promotion(line: str) -> bool:
    """Whether a line asks its reader to subscribe or follow, and reports nobody's words."""
    return len(line) <= 200 and bool(_PROMOTION.fullmatch(line.strip())) and not _SPEECH.search(line)


def is_small_print(line: str) -> bool:
    """Whether a line states rights or tags."""
    return len(line) <= 200 and bool(_SMALL_PRINT.fullmatch(line.strip()))


def is_consent(line: str) -> bool:
    """Whether a line asks for leave to set cookies; above or below an article, never told from within it."""
    return len(line) <= 300 and bool(_CONSENT.fullmatch(line.strip())) and not _SPEECH.search(line)


def is_inline_link(line: str) -> bool:
    """Whether a line leads to another story or an advert: "Read more: Harbour closed"."""
    return like_headline(line) and bool(_INLINE_LINK.fullmatch(line.strip()))


def like_headline(line: str) -> bool:
    """Short, and not ended as a sentence is."""
    if len(line) > 300 or len(line.split()) > _HEADLINE_WORDS:
        return False
    return line.endswith("...") or not _STOP.search(line)


def is_link_text(line: str) -> bool:
    """Stricter than a headline: a question, a quote or a line that leads on may be the article's."""
    return like_headline(line) and not re.search(r"[!?:;,\"'”’]$", line.strip())
