"""What the OpenAPI file says of every operation alike: problems, pages, keys, seats and versions."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from rest_framework.serializers import BooleanField, CharField, DateField, IntegerField, Serializer
from rest_framework.views import APIView

from platform_core.api.etags import asks_for_version
from platform_core.api.exports.answers import FORMS
from platform_core.api.idempotency import IDEMPOTENCY_HEADER, asks_for_key
from platform_core.api.pagination import COUNTED_TO, SIZE, SIZE_AT_MOST, Count
from platform_core.api.problems import DOCUMENTED, PROBLEM_JSON
from platform_core.api.request_ids import REQUEST_ID_HEADER
from platform_core.api.requests import SEAT_HEADER
from platform_core.api.sparse import SPARSE_JSON
from platform_core.problems import (
    Conflict,
    FieldError,
    InvalidInput,
    PreconditionFailed,
    PreconditionNeeded,
    Problem,
    SignInNeeded,
)

Document = dict[str, Any]

MONTH: Final = "%Y-%m"
"""How fields that hold a month are read and written."""

_CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_EVERY_PROBLEM: Final[tuple[type[Problem], ...]] = (*DOCUMENTED, Conflict, PreconditionFailed, PreconditionNeeded)

PROBLEM_SCHEMA: Final[Document] = {
    "type": "object",
    "description": "What went wrong and what to do about it (RFC 9457).",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["urn:lianchi:problem:wrong_state"]},
        "title": {"type": "string", "description": "what kind of problem it is, in a few words"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "description": "stable name of the kind of problem"},
        "detail": {"type": "string", "description": "what is wrong here, and what to do"},
        "instance": {"type": "string", "description": "the address that was asked"},
        "reference": {"type": "string", "description": "under which a fault of the server is logged"},
        "errors": {
            "type": "array",
            "description": "each mistake in the input with its place",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer (RFC 6901) into the request"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


SPARSE_PAGE_SCHEMA: Final[Document] = {
    "type": "object",
    "description": "A page of a list whose rows have the fields that were asked for.",
    "required": ["items", "next", "total", "total_is_exact"],
    "properties": {
        "items": {"type": "array", "items": {"type": "object", "additionalProperties": {}}},
        "next": {"type": ["string", "null"], "description": "ask for the next page with `after` set to this"},
        "total": {"type": "integer"},
        "total_is_exact": {"type": "boolean"},
    },
}


class HouseSchema(AutoSchema):
    """Describes the views of the house (the setting `DEFAULT_SCHEMA_CLASS` of Django REST framework)."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Document | None:
        """Return the operation with the problems it may answer and the headers it takes."""
        operation: Document | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        operation.setdefault("parameters", []).extend(self._parameters())
        answers: Document = operation["responses"]
        if self._is_list():
            answers["200"]["content"].update(_other_forms())
        for answer in answers.values():
            answer.setdefault("headers", {})[REQUEST_ID_HEADER] = {"$ref": f"#/components/headers/{REQUEST_ID_HEADER}"}
        for problem in self._problems():
            answers.setdefault(str(problem.status), {"$ref": f"#/components/responses/{problem.__name__}"})
        operation["responses"] = dict(sorted(answers.items()))
        return operation

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Document:
        """Describe a field; a month is written without its day, so it is no date."""
        inherited: Any = super()
        described: Document = inherited._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, DateField) and MONTH in (
            getattr(field, "format", None),
            *(getattr(field, "input_formats", None) or ()),
        ):
            described.pop("format", None)
            described["pattern"] = "^[0-9]{4}-(0[1-9]|1[0-2])$"
        return described

    def _parameters(self) -> Iterable[Document]:
        if not _is_public(self.view):
            yield _header(SEAT_HEADER, "the seat to act in, if not the one chosen for the session", form="uuid")
        if self._requires_key():
            yield _header(
                IDEMPOTENCY_HEADER, "your own name for this request; repeating it changes nothing", required=True
            )
        if self._asks_for_version():
            yield _header("If-Match", "the ETag of the version you edit")
        orders = getattr(self.view, "orders", {})
        if self._is_list():
            names = [name for order in sorted(orders) for name in (order, f"-{order}")]
            yield _query("order", {"type": "string", "enum": names}, "what to order by; with a minus, downwards")
            yield _query("after", {"type": "string"}, "the `next` of the page before")
            yield _query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": SIZE_AT_MOST, "default": SIZE},
                "rows on a page",
            )
            yield _query(
                "count",
                {"type": "string", "enum": list(Count)},
                f"count the list beyond this page: to {COUNTED_TO:,} rows, or however long it is",
            )
            yield _query(
                "fields",
                {"type": "array", "minItems": 1, "items": {"type": "string", "enum": self._row_fields()}},
                "only these fields of each row, separated by commas",
                explode=False,
            )
            yield _query(
                "format",
                {"type": "string", "enum": ["json", *FORMS], "default": "json"},
                "as what: a page as JSON, or the whole list as a file, with the same rows in the same order",
            )

    def _is_list(self) -> bool:
        return self.method == "GET" and bool(getattr(self.view, "orders", None))

    def _row_fields(self) -> list[str]:
        page = self.get_response_serializers()
        rows: type[Serializer[Any]] | None = getattr(page, "rows", None)
        if rows is None:
            raise TypeError(f"{type(self.view).__name__} has orders, so its answer is declared with page_of")
        return list(rows().fields)

    def _problems(self) -> Iterable[type[Problem]]:
        for problem in DOCUMENTED:
            if not (problem is SignInNeeded and _is_public(self.view)):
                yield problem
        if self.method in _CHANGING:
            yield Conflict
        if self._asks_for_version():
            yield PreconditionFailed
            yield PreconditionNeeded

    def _asks_for_version(self) -> bool:
        return self.method in ("PUT", "PATCH") and asks_for_version(getattr(self.view, self.method.lower(), None))

    def _requires_key(self) -> bool:
        return asks_for_key(getattr(self.view, str(self.method).lower(), None))


@cache
def page_of(serializer: type[Serializer[Any]]) -> type[Serializer[Any]]:
    """Return the serializer that describes a page of a list whose rows another serializer represents."""
    name = serializer.__name__.removesuffix("Serializer")
    return type(
        f"{name}PageSerializer",
        (Serializer,),
        {
            "rows": serializer,
            "__doc__": f"A page of a list of {name}.",
            "items": serializer(many=True),
            "next": CharField(allow_null=True, help_text="ask for the next page with `after` set to this"),
            "total": IntegerField(
                help_text="rows in the list; where that is not exact, there are more, and `count` asks how many"
            ),
            "total_is_exact": BooleanField(help_text="always true of a list that ends on its first page"),
        },
    )


def add_problem_component(result: Document, generator: Any, request: Any, public: bool) -> Document:
    """Put the schema of problems among the components (one of the `POSTPROCESSING_HOOKS` of drf-spectacular)."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["schemas"]["SparsePage"] = SPARSE_PAGE_SCHEMA
    components["schemas"] = dict(sorted(components["schemas"].items()))
    components["headers"] = {
        REQUEST_ID_HEADER: {
            "description": "the reference of the request, as in the log",
            "schema": {"type": "string"},
        }
    }
    components["responses"] = {problem.__name__: _problem_response(problem) for problem in _EVERY_PROBLEM}
    return result


def _problem_response(problem: type[Problem]) -> Document:
    example = (
        problem(errors=[FieldError("/name_zh", "required", "This field is required.")])
        if issubclass(problem, InvalidInput)
        else problem()
    )
    return {
        "description": problem.title,
        "headers": {REQUEST_ID_HEADER: {"$ref": f"#/components/headers/{REQUEST_ID_HEADER}"}},
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example.members()}},
    }


def _header(name: str, description: str, *, required: bool = False, form: str = "") -> Document:
    schema: Document = {"type": "string", **({"format": form} if form else {})}
    return {"in": "header", "name": name, "description": description, "required": required, "schema": schema}


def _query(name: str, schema: Document, description: str, *, explode: bool = True) -> Document:
    how = {} if explode else {"style": "form", "explode": False}
    return {"in": "query", "name": name, "description": description, "schema": schema, **how}


def _other_forms() -> Document:
    """Describe what a list is answered as beside whole pages: pages of sparse rows, and files."""
    binary: Document = {"schema": {"type": "string", "format": "binary"}}
    return {
        SPARSE_JSON: {"schema": {"$ref": "#/components/schemas/SparsePage"}},
        **{form.media_type: binary for form in FORMS.values()},
    }


def _is_public(view: APIView) -> bool:
    return bool(getattr(view, "public", False))
