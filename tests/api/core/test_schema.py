"""What the OpenAPI description says of every operation alike."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator


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
            assert {"412", "428"} <= documented, (path, method)


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
    assert schema["components"]["responses"]["NotFound"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }


def test_operations_have_names_of_their_own(schema: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(schema)]
    assert len(names) == len(set(names))


def test_lists_describe_their_pages_and_keys_are_asked_for_where_they_are_needed(schema: dict[str, Any]) -> None:
    listing = schema["paths"]["/api/v1/organisations"]["get"]
    names = {parameter["name"]: parameter for parameter in listing["parameters"]}
    assert set(names) == {"X-Seat", "order", "after", "limit", "count", "fields", "format"}
    assert names["order"]["schema"]["enum"] == ["created", "-created", "name", "-name"]
    page = schema["components"]["schemas"]["OrganisationPage"]
    assert set(page["required"]) == {"items", "next", "total", "total_is_exact"}

    registering = schema["paths"]["/api/v1/organisations"]["post"]
    keys = [parameter for parameter in registering["parameters"] if parameter["name"] == "Idempotency-Key"]
    assert [key["required"] for key in keys] == [True]
