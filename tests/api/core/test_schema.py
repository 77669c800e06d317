"""What the OpenAPI description says of every operation alike."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

from platform_site.examples.making import json_contents

CHOICES = {"/api/v1/me", "/api/v1/me/seat", "/api/v1/home/seen"}
"""What is replaced whatever was there before."""


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    document: dict[str, Any] = generator().get_schema(request=None, public=True)
    return document


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in schema["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def test_every_operation_documents_the_problems_it_may_answer_with(schema: dict[str, Any]) -> None:
    assert operations(schema)
    for path, method, operation in operations(schema):
        documented = set(operation["responses"])
        assert {"400", "403", "404", "405", "406", "413", "415", "422", "429", "500"} <= documented, (path, method)
        if method != "get":
            assert "409" in documented, (path, method)
        if method in ("put", "patch"):
            edits_a_version = path not in CHOICES
            assert ({"412", "428"} <= documented) == edits_a_version, (path, method)
            names = {parameter["name"] for parameter in operation["parameters"]}
            assert ("If-Match" in names) == edits_a_version, (path, method)


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(target := part.get("$ref"), str):
                here: Any = schema
                for step in target.removeprefix("#/").split("/"):
                    here = here[step]
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(schema)
    (contents,) = schema["components"]["responses"]["NotFound"]["content"].items()
    assert contents[0] == "application/problem+json"
    assert contents[1]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_operations_have_names_of_their_own(schema: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(schema)]
    assert len(names) == len(set(names))


def test_lists_describe_their_pages_and_keys_are_asked_for_where_they_are_needed(schema: dict[str, Any]) -> None:
    listing = schema["paths"]["/api/v1/organisations"]["get"]
    names = {parameter["name"]: parameter for parameter in listing["parameters"]}
    assert {"X-Seat", "order", "after", "limit", "count", "fields", "format"} <= set(names)
    assert names["order"]["schema"]["enum"] == ["created", "-created", "name", "-name"]
    page = schema["components"]["schemas"]["OrganisationPage"]
    assert set(page["required"]) == {"items", "next", "total", "total_is_exact"}

    registering = schema["paths"]["/api/v1/organisations"]["post"]
    keys = [parameter for parameter in registering["parameters"] if parameter["name"] == "Idempotency-Key"]
    assert [key["required"] for key in keys] == [True]


def examples_of(contents: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    """What contents have for examples, those that stand among the components too."""
    named: dict[str, dict[str, Any]] = schema["components"]["examples"]
    given = [
        named[example["$ref"].rsplit("/", 1)[1]] if "$ref" in example else example
        for example in contents.get("examples", {}).values()
    ]
    return [*(example["value"] for example in given), *([contents["example"]] if "example" in contents else [])]


def mistakes(value: Any, of: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    whole = {**of, "components": schema["components"]}
    found = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


def test_every_operation_has_examples_that_its_own_description_allows(schema: dict[str, Any]) -> None:
    wrong, without, count = [], [], 0
    for path, method, operation in operations(schema):
        ids = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == "path"]
        for parameter in ids:
            wrong += mistakes(parameter["example"], parameter["schema"], schema)
        for contents in json_contents(operation):
            found = examples_of(contents, schema)
            if not found:
                without.append(f"{method} {path}")
            for example in found:
                count += 1
                wrong += [f"{method} {path} {told}" for told in mistakes(example, contents["schema"], schema)]
    assert (wrong, without) == ([], [])
    assert count > len(operations(schema))
    for name, response in schema["components"]["responses"].items():
        (contents,) = response["content"].values()
        assert mistakes(contents["example"], contents["schema"], schema) == [], name


def test_an_example_that_its_description_does_not_allow_is_found(schema: dict[str, Any]) -> None:
    of = {"$ref": "#/components/schemas/Organisation"}
    (right,) = examples_of({"examples": {"typical": {"$ref": "#/components/examples/Organisation"}}}, schema)
    assert mistakes(right, of, schema) == []
    assert mistakes({**right, "id": 7}, of, schema) == ["$.id: 7 is not of type 'string'"]
    assert mistakes({name: right[name] for name in right if name != "id"}, of, schema)
