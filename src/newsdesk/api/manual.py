"""The documentation at ``/docs``: the OpenAPI document as one page of HTML that needs no script and no network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

Schema = Mapping[str, Any]
STYLE = """body{font:1rem/1.5 Georgia,serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
code,pre{font:.875rem/1.5 ui-monospace,monospace}pre{overflow:auto;padding:.6rem;border:1px solid #8886}
section{border-top:1px solid #8886;margin-top:1.6rem}h2{font-size:1.05rem}
td{padding:0 1rem .2rem 0;vertical-align:top}"""


def page(document: Schema) -> str:
    """The page of an OpenAPI document."""
    info = document["info"]
    parts = [_operation(*one) for one in _operations(document)]
    return Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        "<title>{title}</title><style>{style}</style></head><body><main><h1>{title} {version}</h1>"
        '<p>{about}</p><p>For programs: <a href="/openapi.json">openapi.json</a></p>{parts}</main></body></html>'
    ).format(
        title=info["title"],
        version=info["version"],
        about=info["description"],
        style=Markup(STYLE),  # noqa: S704  # a constant
        parts=Markup("").join(parts),
    )


def _operations(document: Schema) -> Iterator[tuple[str, str, Schema, Schema]]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation, schemas


def _operation(method: str, path: str, operation: Schema, schemas: Schema) -> Markup:
    """One endpoint: what it does, what goes in, and an example."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = _resolved(body.get("schema", {}), schemas)
    fields = [_row(one["name"], one["schema"], one.get("description", "")) for one in operation.get("parameters", ())]
    fields += [_row(name, field, field.get("description", "")) for name, field in schema.get("properties", {}).items()]
    return Markup("<section><h2><code>{} {}</code></h2><p>{}</p><table>{}</table>{}</section>").format(
        method, path, operation.get("description", ""), Markup("").join(fields), _example(body, schema)
    )


def _row(name: str, schema: Schema, about: str) -> Markup:
    return Markup("<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>").format(name, _kind(schema), about)


def _kind(schema: Schema) -> str:
    """The type of a field in a few words."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"] if one.get("type") != "null"))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or schema.get("$ref", "").rpartition("/")[2])


def _example(body: Schema, schema: Schema) -> Markup:
    examples = [body["example"]] if "example" in body else schema.get("examples", [])
    return Markup("").join(Markup("<pre>{}</pre>").format(json.dumps(one, ensure_ascii=False)) for one in examples)


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    found: Schema = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    return found
