"""Markdown and HTML → plain text that can be quoted. The only file that knows markdown-it and python-frontmatter."""

from __future__ import annotations

import html
import re
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from trafilatura import load_html

from newsdesk.errors import Unreadable

MAX_MARKDOWN = 2**19
"""Bytes of Markdown, half a book's worth. Parsing takes 20 s at worst; its time grows with the square of the length."""
_HIDDEN = re.compile(
    "script|style|noscript|template|iframe|object|svg|form|button|select|input|textarea|title|meta|link"
)
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|d[dlt]|details|div|fig(?:caption|ure)|footer|h[1-6r]|head(?:er)?|list|main"
    "|nav|[ou]l|p|pre|quote|section|summary|table|t(?:body|foot|head)"
)
"""Elements that stand apart: those of HTML, and head, list and quote as trafilatura names them."""
_TAGS = re.compile(
    r"</?(?:a|abbr|article|audio|b|big|blockquote|body|br|button|center|cite|code|div|em|embed|figure|font|footer|form"
    r"|h[1-6r]|head|header|html|i|iframe|img|input|ins|li|link|main|mark|meta|nav|object|ol|p|picture|pre|script|section"
    r"|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|u|ul|video)"
    r"(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_PARTING = re.compile(r"<(?:p|div|br|li|h[1-6]|t[rd]|table|blockquote|section|article)[\s/>]", re.IGNORECASE)
_ENTITIES = re.compile(r"&(?:amp|quot|apos|lt|gt|nbsp|[lr][sd]quo|[mn]dash|hellip|#\d{2,5}|#x[\da-f]{2,4});", re.I)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_ESCAPED = 4
"""Rounds in which text is freed of markup and of what stands for its signs."""
_FIELD = re.compile(r"---[ \t]*\n[\w-]+:(?:\s|$)")


def front_matter(text: str) -> tuple[dict[str, object], str]:
    """The fields above a Markdown document, and the document. Raises Unreadable where they cannot be read.

    A document that merely begins with a rule has no fields.
    """
    handler = YAMLHandler()
    if not text.startswith("---\n"):
        return {}, text
    try:
        above, body = handler.split(text)
        fields = handler.load(above)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        if not _FIELD.match(text):
            return {}, text
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise Unreadable(f"the front matter is not valid YAML{where}; mend the lines between the two ---") from error
    return (fields, body) if isinstance(fields, dict) else ({}, text)


def from_markdown(text: str) -> str:
    """Paragraphs, headings and list items as lines of plain text; of emphasis and links the words are left."""
    return from_html(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


def from_html(markup: str) -> str:
    """The words of HTML: blocks apart by a blank line, list items by a line; nothing of scripts or tags."""
    tree = load_html(f"<html><body>{markup}</body></html>")
    return "" if tree is None else from_tree(tree)


def plain(text: str) -> str:
    """The text itself, or its words where it holds HTML, also where that was escaped once or twice on its way.

    White space around it stays, and so do its lines where no element parts them.
    """
    for _ in range(_ESCAPED):
        if _TAGS.search(text):
            inner = text.strip()
            before, after = text.split(inner[0], 1)[0], text[len(text.rstrip()) :]
            text = before + from_html(inner if _PARTING.search(inner) else inner.replace("\n", "<br>")) + after
        elif _ENTITIES.search(text):
            text = html.unescape(text)
        else:
            break
    return text


def from_tree(root: Any) -> str:
    """The words of a parsed document, as ``from_html`` gives them."""
    lines = "\n".join(line.strip(" ") for line in _text(root).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _text(node: Any) -> str:
    """The words of an element; a comment's tag is no string."""
    tag = node.tag
    if not isinstance(tag, str) or _HIDDEN.fullmatch(tag) or _is_unseen(node):
        return ""
    if tag in {"br", "lb"}:
        return "\n"
    if tag == "pre":
        return f"\n\n{''.join(node.itertext())}\n\n"
    inner = _flow(node.text) + "".join(_text(child) + _flow(child.tail) for child in node)
    if tag in {"li", "item"}:
        return f"\n- {inner.strip()}"
    if tag in {"td", "th", "cell"}:
        return f"{' '.join(inner.split())} | "
    if tag in {"tr", "row"}:
        return f"\n{' '.join(inner.split()).rstrip('| ')}"
    return f"\n\n{inner}\n\n" if _BLOCK.fullmatch(tag) else inner


def _is_unseen(node: Any) -> bool:
    """Whether a reader does not see an element; what is hidden there is not what the article says."""
    return node.get("hidden") is not None or bool(_UNSEEN.search(node.get("style", "")))


def _flow(text: str | None) -> str:
    """Text as a browser flows it: any white space is one space."""
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")
