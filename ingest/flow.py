"""A page's tree in the shape that the extractor reads without loss: one block for each paragraph, no layout tables."""

from __future__ import annotations

from typing import Any

from lxml import etree

_SPLIT = ("time", "output", "label", "center", "font", "abbr", "data", "acronym", "nobr", "wbr")
"""Elements inside a sentence that the extractor would take out with their words."""
_INLINE = {"a", "b", "br", "em", "i", "q", "small", "span", "strong", "sub", "sup", "u"}
_CELL_WORDS = 40


def make_flow(tree: Any) -> None:
    """Headers of articles and tables that only lay out the page become blocks; of inline elements the words stay."""
    for empty in tree.xpath("//p[not(*) and not(normalize-space())]"):
        empty.drop_tree()  # thousands of them would cost the extractor minutes
    for header in tree.xpath("(//article|//main)//header"):
        header.tag = "div"
    for table in tree.xpath("//table[not(.//th) and .//td]"):
        if any(_is_column(cell) for cell in table.iter("td")):
            for part in table.xpath(".|.//tbody|.//tr|.//td"):
                part.tag = "div"
    _take_out_clocks(tree)
    etree.strip_tags(tree, *_SPLIT)
    for block in tree.xpath("//*[self::div or self::p][p]"):
        block.tag = "div"
        _wrap_loose(block)


def _is_column(cell: Any) -> bool:
    """Whether a table's cell is a column of the page rather than a figure or a name."""
    return len(cell.text_content().split()) > _CELL_WORDS or bool(
        cell.xpath("boolean(.//p|.//div|.//table|.//h1|.//h2)")
    )


def _take_out_clocks(tree: Any) -> None:
    """Times that are part of no sentence, as beside each entry of a live page."""
    for time in tree.xpath("//time[not(ancestor::p)]"):
        before = time.getprevious()
        text = time.getparent().text if before is None else before.tail
        if not (text or "").strip() and not (time.tail or "").strip():
            time.drop_tree()


def _wrap_loose(block: Any) -> None:
    """Make paragraphs of the lines that stand in a block beside its paragraphs."""
    loose = block.makeelement("p")
    loose.text, block.text = block.text, None
    for child in list(block):
        if child.tag in _INLINE:
            block.remove(child)  # with the text after it
            loose.append(child)
            continue
        child.addprevious(loose)
        loose = block.makeelement("p")
        loose.text, child.tail = child.tail, None
    block.append(loose)
