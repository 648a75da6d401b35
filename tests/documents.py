"""Small documents of each kind, built byte by byte, for tests of how they are read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

Run = tuple[float, float, float, str]
"""Words on a page of a PDF: points from the left, points from the bottom, size of type, text."""

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>"""
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages: Sequence[Run], catalog: str = "", trailer: str = "", page: str = "") -> bytes:
    """A PDF of these pages in Helvetica; the other arguments are put into its dictionaries as they are."""
    return pdf_of_streams([_content(runs).encode("cp1252") for runs in pages], catalog, trailer, page)


def pdf_of_streams(
    contents: Sequence[bytes], catalog: str = "", trailer: str = "", page: str = "", stream: str = ""
) -> bytes:
    """A PDF whose pages have these streams as content."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(contents)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(contents):
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R"
            f" /Resources << /Font << /F1 3 0 R >> >> {page} >>".encode(),
            f"<< /Length {len(content)} {stream} >>\nstream\n".encode() + content + b"\nendstream",
        ]
    return _assembled(objects, trailer)


def docx(body: str, parts: Mapping[str, bytes] | None = None, head: str = "") -> bytes:
    """A Word document with this XML as its body; ``head`` stands before the root element."""
    document = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    members = {"[Content_Types].xml": _TYPES.encode(), "_rels/.rels": _RELATIONS.encode()}
    return zipped({**members, "word/document.xml": document.encode(), **(parts or {})})


def word_paragraphs(*texts: str) -> str:
    """Paragraphs for the body of a Word document."""
    return "".join(f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>' for text in texts)


def zipped(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these members, their names as they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as bundle:
        for name, content in members.items():
            bundle.writestr(name, content)
    return stream.getvalue()


def _content(runs: Sequence[Run]) -> str:
    return "\n".join(f"BT /F1 {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET" for x, y, size, text in runs)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(objects: Sequence[bytes], trailer: str) -> bytes:
    """The objects with their table of offsets."""
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        + table
        + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(made)}\n%%EOF\n".encode()
    )
