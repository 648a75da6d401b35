"""Files that are broken, or made to do harm: some written by hand, some sound ones damaged at random."""

from __future__ import annotations

import io
import json
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.documents import docx, pdf, pdf_of_streams, word_paragraphs, zipped

GOOD = "The harbour office said last night that 106 people had been brought ashore alive."


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, and what its refusal must say; None where it may as well be read, and "" where it must be."""

    name: str
    content: bytes
    says: str | None = None


def said(name: str, content: str | bytes, says: str | None = None) -> Hostile:
    return Hostile(name, content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"), says)


# What cannot be seen, or turns the text around


INVISIBLE = {
    "left-to-right override": "\u202d",
    "right-to-left override": "\u202e",
    "left-to-right embedding": "\u202a",
    "right-to-left embedding": "\u202b",
    "end of embedding": "\u202c",
    "left-to-right isolate": "\u2066",
    "right-to-left isolate": "\u2067",
    "first strong isolate": "\u2068",
    "end of isolate": "\u2069",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "old swapping": "\u206a",
    "zero-width space": "\u200b",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "invisible times": "\u2062",
    "Mongolian separator": "\u180e",
    "Hangul filler": "\u3164",
    "half Hangul filler": "\uffa0",
    "grapheme joiner": "\u034f",
    "annotation": "\ufff9hidden\ufffa",
    "tags": "".join(chr(0xE0000 + ord(letter)) for letter in "obey"),
    "noncharacter": "\uffff",
    "escape": "\x1b[2J",
    "terminal link": "\x1b]8;;http://evil.example\x07",
    "backspaces": "\b\b\b",
    "delete": "\x7f",
    "bell": "\x07",
    "C1 control": "\x9b31m",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
}


def unseen() -> Iterator[Hostile]:
    """Each in a text, and in every field of a record."""
    for label, sign in INVISIBLE.items():
        words = GOOD.replace("106 people", f"106{sign} people{sign}")
        yield said(f"{label}.txt", words, "")
        fields = ("title", "text", "publisher", "id", "section", "url", "language")
        record = {**dict.fromkeys(fields, f"Ferry {sign}{label}"), "text": words, "authors": [f"A{sign} Veldt"]}
        yield said(f"{label}.jsonl", json.dumps(record), "")


# Text


def texts() -> Iterator[Hostile]:
    yield said("empty.txt", b"", "empty")
    yield said("blank.txt", b" \n\t\r\n ", "empty")
    yield said("mark alone.txt", b"\xef\xbb\xbf", "empty")
    yield said("signs alone.txt", "!!! *** …", "no text")
    yield said("nul.txt", b"text\0text", "binary")
    yield said("nuls.txt", b"\0" * 5000, "binary")
    yield said("program.txt", b"\x7fELF\x02\x01\x01\0" + bytes(300), "binary")
    yield said("random.txt", random.Random(1).randbytes(4000))
    for magic, what in [
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"\xd0\xcf\x11\xe0", "Office"),
        (b"\x89PNG\r\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"GIF89a", "picture"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"{\\rtf1", "RTF"),
    ]:
        yield said(f"{what} {magic[1]}.txt", magic + GOOD.encode(), what)
    yield said("half a character.txt", GOOD.encode() + "é".encode()[:1])
    yield said("overlong.txt", GOOD.encode() + b"\xc0\xaf\xc0\xae")
    yield said("surrogate.txt", GOOD + "\ud800")
    yield said("odd utf-16.txt", b"\xff\xfe" + GOOD.encode("utf-16-le") + b"x", "not in the encoding")
    yield said("utf-16 of one sign.txt", b"\xff\xfe\0", "not in the encoding")
    yield said("mixed encodings.txt", GOOD.encode() + " Café — ".encode() * 3 + "é".encode("latin-1"))
    yield said("returns.txt", GOOD.replace(" ", "\r"), "")
    yield said("feeds.txt", f"{GOOD}{chr(12) * 200_000}{GOOD}", "")
    yield said("marks on marks.txt", GOOD + "e" + "\u0301" * 50_000, "")
    yield said("blank lines.txt", f"{GOOD}{chr(10) * 500_000}{GOOD}", "")
    yield said("blanks.txt", f"{GOOD}{' ' * 500_000}{GOOD}", "")
    yield said("short lines.txt", "a\n" * 50_000, "")
    yield said("labels.txt", "Read more\n" * 8000, "no text")
    yield said("bylines.txt", "By A B and C D\n" * 20_000)
    yield said("long word.txt", "x" * 500_000, "")
    yield said("one line.txt", b"It was late. " * 460_000, "too much")
    yield said("script.txt", f"{GOOD}<script>alert(1)</script><img src=x onerror=alert(2)>", "")
    yield said("escaped script.txt", f"{GOOD}&lt;script&gt;alert(1)&lt;/script&gt;", "")
    yield said("twice escaped.txt", f"{GOOD}&amp;lt;iframe src=x&amp;gt;", "")
    yield said("statements.txt", f"{GOOD} '; DROP TABLE articles; -- {{{{7*7}}}} ${{jndi:ldap://x}} %s%n %x", "")
    yield said("paths.txt", f"{GOOD} ../../etc/passwd file:///etc/passwd \\\\server\\share", "")
    yield said("../x.txt".replace("/", "\u2215"), GOOD, "")
    yield said("-rf.txt", GOOD, "")
    yield said("\x1b[31m\u202egnp.txt", GOOD, "")
    yield said("many terms.txt", "word" + " AND NEAR(" * 5000, "")


# Markdown


def markdowns() -> Iterator[Hostile]:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
    )
    for field in ["id", "title", "date", "author", "publisher", "section", "url"]:
        yield said(f"aliases in {field}.md", f"---\n{bomb}{field}: *i\n---\n\n{GOOD}")
    yield said("object.md", f"---\nid: !!python/object/apply:os.system ['id']\n---\n\n{GOOD}", "front matter")
    yield said("open.md", f"---\ntitle: x\n\n{GOOD}", "front matter")
    yield said("not yaml.md", f"---\ntitle: a: b: [\n---\n\n{GOOD}", "front matter")
    yield said("deep yaml.md", f"---\ntitle: {'[' * 3000}\n---\n\n{GOOD}", "front matter")
    yield said("long number.md", f"---\nid: {'9' * 5000}\n---\n\n{GOOD}")
    yield said("brackets.md", "[" * 20_000 + GOOD)
    yield said("quotes.md", ">" * 20_000 + GOOD)
    yield said("lists.md", "".join(f"{' ' * 2 * n}- x\n" for n in range(300)) + GOOD)
    yield said("stars.md", "*a **b " * 5000 + GOOD)
    yield said(
        "links.md", f"[x](javascript:alert(1)) ![y](http://evil.example/p.png) <javascript:alert(2)>\n\n{GOOD}", ""
    )
    yield said("html.md", f"<svg onload=alert(1)></svg>\n\n<script>alert(2)</script>\n\n{GOOD}", "")
    yield said("definitions.md", "".join(f"[{n}]: http://x.example\n" for n in range(5000)) + GOOD)
    yield said("table.md", "|" + "a|" * 3000 + "\n|" + "-|" * 3000 + "\n" + GOOD)
    yield said("too long.md", b"x " * 300_000, "too much")


# Pages


def page(body: str, head: str = "", lines: int = 3) -> str:
    paragraphs = "".join(f"<p>{GOOD.replace('106', str(106 + n))}</p>" for n in range(lines))
    story = f"<article><h1>Ferry strikes rocks</h1>{paragraphs}{body}</article>"
    return f"<html><head>{head}</head><body>{story}</body></html>"


def pages() -> Iterator[Hostile]:
    for label, body in {
        "script": "<script>alert(1)</script>",
        "open script": "<script>alert(1)",
        "broken script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "picture": "<img src=x onerror=alert(1)>",
        "picture without end": "<img src=x onerror=alert(1) ",
        "drawing": "<svg onload=alert(1)><script>alert(2)</script></svg>",
        "formula": "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "object": "<object data='javascript:alert(1)'></object><embed src=x>",
        "link": "<p><a href='javascript:alert(1)'>The crew</a> said nothing more last night.</p>",
        "style": "<style>body{background:url(javascript:alert(1))}</style>",
        "handler": "<p onclick='alert(1)'>The crew said nothing more last night.</p>",
        "template": "<template><script>alert(1)</script></template><noscript><img src=x onerror=alert(1)></noscript>",
        "comment": "<!--[if IE]><script>alert(1)</script><![endif]--><!-- <p>never closed",
        "data section": "<![CDATA[<script>open()</script>]]>",
        "plain text element": "<plaintext><script>alert(1)</script>",
        "numbers of characters": "<p>It was late &#0; &#xD800; &#x110000; &#99999999999; &#x202e; that night.</p>",
        "names of characters": "<p>It was late " + "&amp;" * 9000 + " that night.</p>",
        "attributes": "<p " + "a=b " * 50_000 + ">It was late.</p>",
        "long attribute": f"<p title='{'x' * 500_000}'>It was late.</p>",
        "deep": "<div>" * 30_000 + "It was late.",
        "deep in line": "<b><i>" * 10_000 + "It was late.",
        "deep list": "<ul><li>" * 10_000 + "It was late.",
        "tables": "<table><tr><td>" * 400 + "It was late.",
        "cells": "<table><tr>" + "<td>1</td>" * 5000 + "</tr></table>",
        "items": "<ul>" + "<li><a href=x>y</a></li>" * 3000 + "</ul>",
        "spans": "<span>x</span>" * 5000,
        "times": "<time>x</time>" * 5000,
        "closing alone": "</p></div></article></html>" * 2000,
    }.items():
        yield said(f"{label}.html", page(body))
    for label, head in {
        "no encoding": "<meta charset=bogus>",
        "utf-7": "<meta charset=utf-7><title>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</title>",
        "two encodings": "<meta charset=utf-16><meta charset=koi8-r>",
        "base": "<base href='javascript:alert(1)//'><link rel=canonical href='javascript:alert(1)'>",
        "meta": "<meta name=x content=y>" * 5000,
        "refresh": "<meta http-equiv=refresh content='0;url=http://127.0.0.1/'>",
        "odd title": "<meta property=og:title content='&lt;script&gt;alert(1)&lt;/script&gt; Ferry\u202e'>",
        "odd date": "<meta property=article:published_time content='9999999999999999999999'>",
        "deep data": "<script type=application/ld+json>" + "[" * 50_000 + "</script>",
        "broken data": "<script type=application/ld+json>{'@type': NewsArticle,</script>",
        "odd data": '<script type=application/ld+json>{"@type":["NewsArticle",7],"headline":{"a":1},"author":[[[]]],'
        '"datePublished":[1e999],"url":"file:///etc/passwd","publisher":{"name":{"name":"\\ud800"}}}</script>',
    }.items():
        yield said(f"{label}.html", page("", head))
    yield said("empty page.html", "<html><body></body></html>", "no article")
    yield said("no page.html", "<" * 5000)
    yield said("frames.html", "<frameset><frame src=x></frameset>")
    yield said("login.html", "<form><p>Please sign in.</p><input type=password></form>", "no article")
    yield said("nul page.html", b"<p>a\0b</p>", "binary")
    yield said("picture alone.html", b"\x89PNG\r\n\x1a\n", "picture")
    yield said("large.html", b"<p>It was late.</p>" * 300_000, "too much")


# Records


def records() -> Iterator[Hostile]:
    for name in ["id", "title", "text", "url", "published", "publisher", "authors", "section", "language", "updated"]:
        for label, value in {
            "half": "\ud800",
            "nul": "a\0b",
            "markup": "<script>alert(1)</script><b>Ferry</b>",
            "deep": json.loads("[" * 60 + "]" * 60),
            "object": {"name": {"name": ["x"]}},
            "number": 10**40,
            "long": "x" * 100_000,
        }.items():
            yield said(f"{name} {label}.jsonl", json.dumps({"text": GOOD, name: value}))
    lines: dict[str, str | bytes] = {
        "torn": '{"text": "It was',
        "single quotes": "{'text': 'It was late.'}",
        "comma": '{"text": "It was late.",}',
        "list": '["It was late."]',
        "string": '"It was late."',
        "nothing": "null",
        "no text": '{"title": "Ferry"}',
        "wrong text": '{"text": {"a": 1}}',
        "deep": "[" * 100_000,
        "deep objects": '{"a":' * 100_000,
        "long number": f'{{"text": "It was late.", "id": {"9" * 5000}}}',
        "latin": b'{"text": "caf\xe9"}',
        "control": b'{"text": "a\x01b"}',
    }
    for label, line in lines.items():
        yield said(f"{label}.jsonl", line, f"{label}.jsonl:1")
        yield said(f"{label}.json", line)
    yield said("not a number.jsonl", '{"text": "It was late, NaN said.", "published": NaN, "updated": -Infinity}', "")
    yield said("exponent.jsonl", '{"text": "It was late.", "published": 1e999999, "updated": 1e300}', "")
    yield said("same key.jsonl", '{"text": "It was early.", "text": "It was late."}', "")
    yield said("long key.jsonl", json.dumps({"text": GOOD, "k" * 100_000: "v", "": "", " ": 1}), "")
    yield said("many keys.jsonl", json.dumps({"text": GOOD, **{f"k{n}": n for n in range(20_000)}}), "")
    yield said("many authors.jsonl", json.dumps({"text": GOOD, "authors": ["Ansa Veldt"] * 20_000}), "")
    yield said("long author.jsonl", json.dumps({"text": GOOD, "authors": "A and " * 20_000}))
    yield said("unclosed tags.jsonl", json.dumps({"text": GOOD + "<div>" * 20_000 + "</div>"}))
    yield said("long text.jsonl", json.dumps({"text": "It was late. " * 300_000}), "split it")
    yield said("list of nothing.json", "[]", "no record")
    yield said("object of nothing.json", "{}", "no record")
    yield said("utf-16.json", json.dumps({"text": GOOD}).encode("utf-16"), "UTF-8")
    yield said("answer.json", json.dumps({"status": "ok", "articles": [{"text": GOOD}, 7, None]}), ":2:")
    for number, address in enumerate(
        [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "http://",
            "http://[::1",
            "//x",
            "http://a b/",
        ]
    ):
        yield said(f"address {number}.jsonl", json.dumps({"text": GOOD, "url": address}), "")


# Tables


def tables() -> Iterator[Hostile]:
    for number, formula in enumerate(['=cmd|"/C calc"!A0', "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("x")', "\t=1+1"]):
        cell = formula.replace('"', '""')
        yield said(f"formula {number}.csv", f'title,text\n"{cell}","{cell} {GOOD}"\n', "")
    yield said("long cell.csv", f'title,text\nA,"{GOOD}"\nB,"{"x" * 10_000_000}"\n', "characters")
    yield said("long line.csv", "title,text\nA," + "x" * 21_000_000, "longer than")
    yield said("open quote.csv", f'title,text\nA,"{GOOD}"\nB,"never closed\nC,"x"\n')
    yield said("last quote open.csv", f'title,text\nA,"{GOOD}"\nB,"never closed\n', "never closed")
    yield said("quote inside.csv", f'title,text\nA,"he said "no" to it"\nB,"{GOOD}"\n', "broken")
    yield said("no header.csv", f"A,{GOOD}\n", "first row")
    yield said("empty.csv", b"", "first row")
    yield said("header alone.csv", "title,text\n", "no rows")
    yield said("wide row.csv", f"title,text\nA,{GOOD},x,y\n", "4 cells under 2")
    yield said("many columns.csv", "text," + "c," * 50_000 + "\n" + "x," * 50_000)
    yield said("nul.csv", b"title,text\nA,a\0b\n", "binary")
    yield said("utf-16.csv", f"title,text\nA,{GOOD}\n".encode("utf-16"), "encoding")
    yield said("damaged.csv", f"title,text\nA,{GOOD} é é é".encode() + b"\xff\n", "damaged")
    yield said("markup.csv", f'title,text\n<script>alert(1)</script>,"{GOOD}<script>alert(1)</script>"\n', "")
    yield said("quotes.csv", "text\n" + '"' * 100_001)
    yield said("returns.tsv", f"title\ttext\rA\t{GOOD}\r", None)


# XML


def nitf(body: str, head: str = "", kind: str = "") -> str:
    return (
        f"<?xml version='1.0'?>{kind}<nitf><head>{head}</head><body><body.content>{body}</body.content></body></nitf>"
    )


def xmls() -> Iterator[Hostile]:
    laughs = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    yield said("laughs.xml", nitf(f"<p>{GOOD}&a11;</p>", kind=f"<!DOCTYPE nitf [{laughs}]>"), "entit")
    blowup = f"<!ENTITY a '{'x' * 100_000}'>"
    yield said("blowup.xml", nitf(f"<p>{'&a;' * 10_000}</p>", kind=f"<!DOCTYPE nitf [{blowup}]>"), "entit")
    for label, declared in {
        "file": "<!ENTITY e SYSTEM 'file:///etc/passwd'>",
        "address": "<!ENTITY e SYSTEM 'http://127.0.0.1:9/x'>",
        "parameter": "<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p; <!ENTITY e 'x'>",
        "itself": "<!ENTITY e '&e;'>",
    }.items():
        yield said(f"entity {label}.xml", nitf(f"<p>{GOOD}&e;</p>", kind=f"<!DOCTYPE nitf [{declared}]>"))
    yield said("definition.xml", nitf(f"<p>{GOOD}</p>", kind="<!DOCTYPE nitf SYSTEM 'http://127.0.0.1:9/n.dtd'>"), "")
    yield said("unknown entity.xml", nitf(f"<p>{GOOD}&nothing;</p>"), "broken XML")
    included = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>"
    yield said("include.xml", nitf(f"<p>{GOOD}</p>{included}"), "")
    yield said("style.xml", nitf(f"<p>{GOOD}</p>", kind="<?xml-stylesheet href='javascript:alert(1)'?>"), "")
    yield said("deep.xml", nitf("<block>" * 5000 + GOOD + "</block>" * 5000), "broken XML")
    yield said("open.xml", nitf(f"<p>{GOOD}"), "broken XML")
    yield said("script.xml", nitf(f"<p>{GOOD}</p><script>alert(1)</script><p><![CDATA[<b>x</b>]]></p>"))
    yield said("encoding.xml", f"<?xml version='1.0' encoding='bogus'?><nitf>{GOOD}</nitf>", "broken XML")
    yield said("nul.xml", b"<nitf>\0</nitf>", "broken XML")
    yield said("number.xml", nitf("<p>It was late &#0; &#xD800;.</p>"), "broken XML")
    yield said("attributes.xml", nitf("<p " + " ".join(f"a{n}='x'" for n in range(20_000)) + f">{GOOD}</p>"))
    yield said("same attribute.xml", nitf(f"<p a='' a=''>{GOOD}</p>"), "broken XML")
    yield said("no body.xml", "<nitf/>", "no text")
    yield said("items.xml", "<newsMessage>" + "<newsItem guid='g'/>" * 3000 + "</newsMessage>", "no text")
    yield said(
        "withdrawn.xml", "<newsItem><itemMeta><pubStatus qcode='stat:canceled'/></itemMeta></newsItem>", "withdrawn"
    )
    yield said("feed.xml", "<rss><channel><item><title>x</title></item></channel></rss>", "feed")
    yield said("drawing.xml", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "neither")
    yield said("prefix.xml", "<a:nitf>x</a:nitf>")
    yield said("empty.xml", b"", "empty")
    yield said("words.xml", GOOD, "broken XML")
    yield said("namespaces.xml", nitf("".join(f"<p xmlns:n{n}='u{n}'>It was late.</p>" for n in range(3000))))


# Mails


def mail(body: str, kind: str = "text/plain; charset=utf-8", head: str = "") -> str:
    return (
        f"From: Ansa Veldt <a@x.example>\nSubject: Ferry strikes rocks\nDate: Tue, 04 Mar 2031 08:30:00 +0000\n{head}"
        + (f"Content-Type: {kind}\n\n{body}\n")
    )


def multipart(*parts: str, boundary: str = "b") -> str:
    joined = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return mail(f"{joined}--{boundary}--\n", f'multipart/mixed; boundary="{boundary}"')


def mails() -> Iterator[Hostile]:
    text = f"Content-Type: text/plain\n\n{GOOD}\n"
    program = (
        "Content-Type: application/x-msdownload\nContent-Transfer-Encoding: base64\n"
        'Content-Disposition: attachment; filename="../../invoice.exe"\n\nTVqQAAMAAAAEAAAA//8AALgAAAA=\n'
    )
    yield said("program.eml", multipart(text, program), "")
    yield said("program alone.eml", multipart(program), "no text")
    yield said(
        "page attached.eml", multipart(text, "Content-Type: text/html\nContent-Disposition: attachment\n\n<b>"), ""
    )
    yield said(
        "script.eml", mail(f"<p>{GOOD}</p><script>alert(1)</script><img src=x onerror=alert(1)>", "text/html"), ""
    )
    yield said("hidden.eml", mail(f"<p>{GOOD}</p><div style='display:none'>alert(1)</div>", "text/html"), "")
    yield said("no body.eml", "From: a@x.example\nSubject: x\n\n", "no text")
    yield said("no head.eml", f"\n\n{GOOD}", None)
    yield said("unknown charset.eml", mail(GOOD, "text/plain; charset=bogus"))
    yield said("wrong charset.eml", mail(GOOD + " \u20ac", "text/plain; charset=ascii"))
    yield said("broken base64.eml", mail("!!!", "text/plain", "Content-Transfer-Encoding: base64\n"))
    yield said("unknown transfer.eml", mail(GOOD, "text/plain", "Content-Transfer-Encoding: bogus\n"))
    yield said("no boundary.eml", mail(GOOD, "multipart/mixed"))
    yield said("boundary not there.eml", mail(GOOD, "multipart/mixed; boundary=zzz"))
    deep = text
    for n in range(300):
        deep = f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n{deep}\n--b{n}--\n'
    yield said("deep.eml", f"Subject: x\n{deep}")
    message = text
    for _ in range(200):
        message = f"Content-Type: message/rfc822\n\n{message}"
    yield said("letters in letters.eml", f"Subject: x\n{message}")
    yield said("many parts.eml", multipart(*["Content-Type: text/x\n\nx"] * 1200, text))
    for label, head in {
        "subject": "Subject: =?utf-8?q?=1B[2J=E2=80=AE?= =?bogus?q?x?= =?utf-8?b?!!?=\n",
        "sender": 'From: <<<@@,,;:"\\\n',
        "group": "From: undisclosed:;,,:;\n",
        "date": "Date: Foo, 99 Bar 99999 99:99:99 +9999\n",
        "long head": "X-A: " + "x" * 200_000 + "\n",
        "folds": "X-A:" + "\n " * 20_000 + "x\n",
        "words": "Subject: " + "=?utf-8?q?x?= " * 1000 + "\n",
        "type": 'Content-Type: /;;=;="\n',
        "parameters": "Content-Disposition: " + "; ".join(f"a*{n}*=x''%%%" for n in range(300)) + "\n",
        "injected": "Subject: x\r\rBcc: y\n",
        "8 bit": "Subject: caf\u00e9 \u202e\n",
        "version": "MIME-Version: \x00 (((((\n",
        "id": "Message-ID: <" + "@" * 5000 + ">\n",
        "references": "References: " + "<a@b> " * 5000 + "\n",
    }.items():
        yield said(f"{label}.eml", f"{head}Content-Type: text/plain\n\n{GOOD}\n")


# Word documents


def words() -> Iterator[Hostile]:
    text = word_paragraphs(GOOD)
    yield said("macros.docx", docx(text, {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0alert(1)"}), "")
    laughs = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    yield said("laughs.docx", docx(word_paragraphs("&a9;"), head=f"<!DOCTYPE x [{laughs}]>"), "no Word document")
    outside = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
    yield said("outside.docx", docx(word_paragraphs(f"{GOOD}&e;"), head=outside))
    yield said("bomb.docx", docx(text, {"word/more.xml": b" " * 40_000_000}), "unpack to")
    yield said("deep.docx", docx("<w:tbl><w:tr><w:tc>" * 2000 + text + "</w:tc></w:tr></w:tbl>" * 2000))
    yield said("many.docx", docx(word_paragraphs(*["It was late."] * 2000)), "")
    yield said("no body.docx", docx(""), "no text")
    yield said("open.docx", docx("<w:p><w:r>"), "no Word document")
    yield said("script.docx", docx(word_paragraphs(f"{GOOD}&lt;script&gt;alert(1)&lt;/script&gt;")), "")
    yield said("no document.docx", zipped({"x.xml": "<x/>"}), "no Word document")
    yield said(
        "macro sheet.docx", zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}), "no Word document"
    )
    yield said("old.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "old Word file")
    yield said("text.docx", GOOD, "no Word document")
    yield said("empty.docx", b"", "empty")
    link = b"<x:Relationship xmlns:x='r' Id='r9' Target='http://127.0.0.1:9/t' TargetMode='External'/>"
    yield said("template.docx", docx(text, {"word/_rels/document.xml.rels": link}))
    field = '<w:p><w:r><w:instrText>DDEAUTO c:\\\\cmd.exe "/k calc"</w:instrText></w:r></w:p>'
    yield said("field.docx", docx(field + text), "")
    yield said("climbing.docx", docx(text, {"../../evil.txt": b"x", "/etc/cron.d/x": b"x"}), "")
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>alert(1)</w:t></w:r></w:p>"
    yield said("hidden.docx", docx(hidden + text))


# PDFs


def pdfs() -> Iterator[Hostile]:
    line = (50, 700, 12, GOOD)
    yield said("script.pdf", pdf([line], catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), "")
    yield said("program.pdf", pdf([line], catalog="/OpenAction << /S /Launch /F (cmd.exe) >>"), "")
    locked = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + "41" * 32 + "> /U <" + "42" * 32 + "> /P -4 >> /ID [<00> <00>]"
    )
    yield said("locked.pdf", pdf([line], trailer=locked), "password")
    yield said("unknown lock.pdf", pdf([line], trailer="/Encrypt << /Filter /Bogus >>"))
    yield said("no text.pdf", pdf([]), "no text")
    yield said("no pages.pdf", pdf())
    yield said("head alone.pdf", b"%PDF-1.7\n", "damaged")
    yield said("words.pdf", GOOD, "damaged")
    yield said("empty.pdf", b"", "empty")
    yield said("nuls.pdf", b"%PDF-1.7\n" + bytes(100_000), "damaged")
    yield said("no table.pdf", pdf([line]).replace(b"xref", b"frex"))
    yield said("far table.pdf", re.sub(rb"startxref\n\d+", b"startxref\n99999999999999999999", pdf([line])))
    yield said("table in circles.pdf", pdf([line], trailer="/Prev 9"))
    yield said("pages in circles.pdf", pdf([line]).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"))
    yield said("many pages.pdf", pdf([line]).replace(b"/Count 1", b"/Count 2000000000"))
    yield said("less than none.pdf", pdf([line]).replace(b"/Count 1", b"/Count -1"))
    yield said("page of no size.pdf", pdf([line]).replace(b"[0 0 595 842]", b"[0 0 0 0]"))
    yield said("page without end.pdf", pdf([line]).replace(b"[0 0 595 842]", b"[-1e38 -1e38 1e38 1e38]"))
    yield said("no font.pdf", pdf([line]).replace(b"/F1 3 0 R", b"/F1 99 0 R"))
    bomb = zlib.compress(b" " * 60_000_000, 1)
    yield said("bomb.pdf", pdf_of_streams([bomb], stream="/Filter /FlateDecode"))
    twice = zlib.compress(zlib.compress(b" " * 60_000_000, 9), 9)
    yield said("bomb in a bomb.pdf", pdf_of_streams([twice], stream="/Filter [/FlateDecode /FlateDecode]"))
    yield said("wrong packing.pdf", pdf_of_streams([b"not packed"], stream="/Filter /FlateDecode"))
    yield said("filters.pdf", pdf_of_streams([b"x"], stream=f"/Filter [{'/ASCIIHexDecode ' * 3000}]"))
    yield said("states.pdf", pdf_of_streams([b"q " * 300_000 + b"BT /F1 9 Tf 9 9 Td (It was late.) Tj ET"]))
    yield said("deep lists.pdf", pdf_of_streams([b"[" * 50_000]))
    yield said("many words.pdf", pdf([(n % 500, n % 800, 8, "word") for n in range(4000)]))
    yield said("large type.pdf", pdf([(50, 700, 1e30, GOOD)]))
    yield said("turned.pdf", pdf([line], page="/Rotate 90"))
    yield said(
        "bidi.pdf", pdf_of_streams([b"BT /F1 12 Tf 50 700 Td (It was late \x9d\x81 " + GOOD.encode() + b") Tj ET"])
    )


# ZIPs


def with_member(change: Callable[[zipfile.ZipInfo], None], name: str = "a.txt", content: str = GOOD) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        info = zipfile.ZipInfo(name)
        change(info)
        bundle.writestr(info, content)
    return stream.getvalue()


def patched(content: bytes, magic: bytes, offset: int, value: bytes) -> bytes:
    """The ZIP with some bytes of every header of a kind replaced."""
    made, start = bytearray(content), 0
    while (place := made.find(magic, start)) >= 0:
        made[place + offset : place + offset + len(value)] = value
        start = place + 4
    return bytes(made)


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def zips() -> Iterator[Hostile]:
    for number, name in enumerate(
        [
            "../../x.txt",
            "/etc/passwd.txt",
            "a/../../x.txt",
            "C:\\x.txt",
            "..\\..\\x.txt",
            "\\\\server\\share\\x.txt",
            "C:x.txt",
        ]
    ):
        yield said(f"climbing {number}.zip", zipped({name: GOOD}), "leads out")
    for number, name in enumerate(
        ["./a.txt", "\x1b[2J.txt", "\u202etxt.exe.txt", "a" * 3000 + ".txt", "a//b.txt", " .txt"]
    ):
        yield said(f"odd name {number}.zip", zipped({name: GOOD}))

    def as_link(info: zipfile.ZipInfo) -> None:
        info.external_attr = 0o120777 << 16

    yield said("link.zip", with_member(as_link, content="/etc/passwd"), "link")
    good = zipped({"a.txt": GOOD, "b.txt": GOOD + " It was late."})
    yield said("locked.zip", patched(patched(good, LOCAL, 6, b"\1"), CENTRAL, 8, b"\1"), "password")
    yield said("unknown packing.zip", patched(patched(good, LOCAL, 8, b"\x63"), CENTRAL, 10, b"\x63"), "ZIP is damaged")
    yield said("wrong sum.zip", patched(patched(good, LOCAL, 14, b"abcd"), CENTRAL, 16, b"abcd"), "damaged")
    yield said("larger than said.zip", patched(good, CENTRAL, 24, struct.pack("<I", 10)), "damaged")
    yield said("smaller than said.zip", patched(good, CENTRAL, 24, struct.pack("<I", 10**6)))
    yield said("far member.zip", patched(good, CENTRAL, 42, struct.pack("<I", 10**8)), "damaged")
    yield said("same member.zip", patched(good, CENTRAL, 42, struct.pack("<I", 0)))
    yield said("many said.zip", patched(good, END, 8, b"\xff\xff\xff\xff"))
    yield said("bomb.zip", zipped({"a.txt": b" " * 30_000_000, "b.txt": GOOD}), "would unpack")
    inner = zipped({"a.txt": b"x" * 12_000_000})
    yield said("bomb in a ZIP.zip", zipped({f"{n}.zip": inner for n in range(5)}), "would unpack")
    deep = zipped({"a.txt": GOOD})
    for _ in range(5):
        deep = zipped({"a.zip": deep})
    yield said("deep.zip", deep, "deep")
    huge = patched(good, CENTRAL, 20, struct.pack("<II", 3 * 10**9, 4 * 10**9))
    yield said("huge members.zip", huge, "more than")
    yield said("pictures.zip", zipped({"a.png": b"\x89PNG", "b/c.exe": b"MZ"}), "no article")
    yield said("hidden.zip", zipped({".a.txt": GOOD, "__MACOSX/._a.txt": "x", "README.md": "x"}), "no article")
    yield said("nothing.zip", zipped({}), "no article")
    yield said("empty.zip", b"", "empty")
    yield said("words.zip", GOOD, "damaged")
    yield said("many.zip", zipped({f"{n}.txt": "" for n in range(2000)}), "empty")
    yield said("in front.zip", b"MZ" * 500 + good, "")
    yield said("same names.zip", twice_named(), "")
    yield said(
        "broken inside.zip",
        zipped({"a.zip": b"PK\x03\x04", "b.pdf": b"%PDF", "c.docx": b"PK", "d.txt": GOOD}),
        "damaged",
    )
    yield said("link to outside.zip", zipped({"a.xml": nitf(GOOD, kind="<!DOCTYPE n SYSTEM 'file:///etc/passwd'>")}))


def twice_named() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle, warnings.catch_warnings(action="ignore"):
        bundle.writestr("a.txt", GOOD)
        bundle.writestr("a.txt", "It was late.")
    return stream.getvalue()


# Damage


SOUND = {
    ".pdf": pdf([(50, 700, 24, "Ferry strikes rocks"), (50, 650, 10, GOOD), (50, 638, 10, "It was late.")]),
    ".docx": docx(word_paragraphs("Ferry strikes rocks", GOOD, "It was late.")),
    ".zip": zipped({"a.txt": GOOD, "b/c.md": f"---\ntitle: Ferry\n---\n\n{GOOD}"}),
    ".eml": multipart(f"Content-Type: text/plain\n\n{GOOD}", f"Content-Type: text/html\n\n<p>{GOOD}</p>").encode(),
    ".csv": f'title,text,date\nFerry,"{GOOD}",2031-03-04\n'.encode() * 3,
    ".xml": nitf(f"<p>{GOOD}</p>", "<title>Ferry</title>").encode(),
    ".json": json.dumps({"articles": [{"title": "Ferry", "text": GOOD}] * 2}).encode(),
    ".html": page("", "<title>Ferry</title>").encode(),
    ".md": f"---\ntitle: Ferry\ndate: 2031-03-04\n---\n\n# Ferry\n\n{GOOD}".encode(),
}


def damaged() -> Iterator[Hostile]:
    """Sound documents, cut off and with bytes changed."""
    for kind, content in SOUND.items():
        for eighth in range(1, 8, 2):
            yield said(f"cut at {eighth} eighths{kind}", content[: len(content) * eighth // 8])
        for seed in range(5):
            yield said(f"changed {seed}{kind}", _changed(content, random.Random(f"{kind}{seed}")))


def _changed(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        made[chance.randrange(len(made))] = chance.choice([0, 10, 34, 40, 60, 92, 128, 255, chance.randrange(256)])
    return bytes(made)


KINDS = [unseen, texts, markdowns, pages, records, tables, xmls, mails, words, pdfs, zips, damaged]
