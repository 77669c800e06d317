"""Putting an example beside everything the OpenAPI description says is sent or answered as JSON."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Final

from platform_site.examples.values import OF_CONTENTS, VALUES

Document = dict[str, Any]

METHODS: Final = ("get", "post", "put", "patch", "delete")
SCHEMAS: Final = "#/components/schemas/"
EXAMPLES: Final = "#/components/examples/"

TYPICAL: Final = "typical"
"""The name of the one example of contents that bring none of their own."""

_BY_FORMAT: Final = {
    "date": "2026-01-01",
    "date-time": "2026-01-15T02:30:00Z",
    "decimal": "6",
    "email": "wang@example.org",
}
_FORMS: Final = {
    "uuid": re.compile(r"[0-9a-f-]{36}"),
    "date": re.compile(r"[0-9-]{10}"),
    "date-time": re.compile(r"[0-9-]{10}T[0-9:.]{8,15}Z"),
}
_BY_TYPE: Final = {"boolean": True, "integer": 1, "number": 1, "object": {}}


def add_examples(result: Document, generator: Any, request: Any, public: bool) -> Document:
    """Give every operation examples (one of the `POSTPROCESSING_HOOKS` of drf-spectacular).

    Contents that have a name have one example, which operations refer to.
    """
    schemas: Document = result["components"]["schemas"]
    named: Document = {}
    for item in result["paths"].values():
        for operation in (item[method] for method in METHODS if method in item):
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["example"] = _example(parameter["schema"], schemas, name=parameter["name"])
            for contents in json_contents(operation):
                if contents.keys() & {"example", "examples"}:
                    continue
                target = contents["schema"].get("$ref", "")
                if target:
                    name = target.removeprefix(SCHEMAS)
                    named.setdefault(name, {"value": _example(contents["schema"], schemas)})
                    contents["examples"] = {TYPICAL: {"$ref": EXAMPLES + name}}
                else:
                    contents["examples"] = {TYPICAL: {"value": _example(contents["schema"], schemas)}}
    result["components"]["examples"] = dict(sorted(named.items()))
    return result


def json_contents(operation: Document) -> Iterator[Document]:
    """Return what an operation is sent and answers as JSON; problems, which all operations share, left out."""
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        for media_type, contents in part.get("content", {}).items():
            if media_type.endswith("json") and contents.get("schema"):
                yield contents


def _example(schema: Document, schemas: Document, *, name: str = "", inside: str = "") -> Any:
    """Make the example of a schema; `name` is that of the field, `inside` that of the contents it stands in."""
    for key in (f"{inside}.{name}", name):
        table = OF_CONTENTS if "." in key else VALUES
        if key in table and _fits(table[key], schema, schemas):
            return table[key]
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "$ref" in schema:
        target = schema["$ref"].removeprefix(SCHEMAS)
        return _example(schemas[target], schemas, name=name, inside=target)
    for choice in ("oneOf", "allOf", "anyOf"):
        if choice in schema:
            return _example(schema[choice][0], schemas, name=name, inside=inside)
    match _type(schema):
        case "array":
            return [_example(schema["items"], schemas, name=name, inside=inside)]
        case "object" if "properties" in schema:
            return {
                field: _example(inner, schemas, name=field, inside=inside)
                for field, inner in schema["properties"].items()
            }
        case "string" if schema.get("format") == "uuid":
            return _id(inside.lower() if name == "id" else name.removesuffix("_id"))
        case found:
            form = _BY_FORMAT.get(schema.get("format", ""), name.replace("_", " "))
            return schema.get("default", form if found == "string" else _BY_TYPE[found])


def _fits(value: Any, schema: Document, schemas: Document) -> bool:
    """Say whether a field of this name is of the kind the table has a value for."""
    if "$ref" in schema:
        return _fits(value, schemas[schema["$ref"].removeprefix(SCHEMAS)], schemas)
    for choice in ("oneOf", "allOf", "anyOf"):
        if choice in schema:
            return any(_fits(value, inner, schemas) for inner in schema[choice])
    if "enum" in schema:
        return value in schema["enum"]
    if "properties" in schema and isinstance(value, dict):
        return False
    types = schema.get("type")
    if types is None:
        return True
    if isinstance(value, list) and "items" in schema:
        return all(_fits(item, schema["items"], schemas) for item in value)
    if isinstance(value, str) and (form := _FORMS.get(schema.get("format", ""))):
        return form.fullmatch(value) is not None
    return _kind(value) in (types if isinstance(types, list) else [types])


def _kind(value: Any) -> str:
    kinds = {type(None): "null", bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
    return kinds[type(value)]


def _type(schema: Document) -> str:
    types = schema.get("type", "object")
    return types if isinstance(types, str) else next(name for name in types if name != "null")


def _id(thing: str) -> str:
    """Return the same id for the same thing wherever it is named."""
    number = hashlib.sha256(thing.encode()).hexdigest()
    return f"019aa000-0000-7000-8000-{number[:12]}"
