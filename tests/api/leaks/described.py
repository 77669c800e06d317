"""What the API's own description says of every route: where an id or a text goes in, and which filters a list has."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from drf_spectacular.generators import SchemaGenerator

from tests.api.matrix.asking import METHODS, PREFIX

KINDS = {
    "alliance": "identity.Alliance",
    "operating_entity": "identity.OperatingEntity",
    "entity": "identity.OperatingEntity",
    "organisation": "identity.Organisation",
    "association": "identity.Organisation",
    "first": "identity.Organisation",
    "second": "identity.Organisation",
    "merged": "identity.Organisation",
    "hidden_organisations": "identity.Organisation",
    "concerns": "identity.Organisation",
    "owner": "identity.Organisation",
    "from_owner": "identity.Organisation",
    "to_owner": "identity.Organisation",
    "licensee": "identity.Organisation",
    "prospect": "identity.Organisation",
    "holder": "identity.Organisation",
    "bank_account": "treasury.BankAccount",
    "owed_account": "ledger.Account",
    "payee": "identity.Organisation",
    "statement": "treasury.BankStatement",
    "statement_line": "treasury.StatementLine",
    "user": "identity.User",
    "seat": "identity.Seat",
    "staff_session": "access.StaffSession",
    "subject": "",
    "document": "documents.Document",
    "letter": "documents.Document",
    "scan": "documents.Document",
    "charter": "charter.Charter",
    "version": "charter.CharterVersion",
    "signature": "charter.CharterSignature",
    "authority": "charter.SeatAuthority",
    "membership": "memberships.Membership",
    "remittance": "distribution.TaxRemittance",
    "GET withholdings statement": "distribution.DistributionItem",
    "GET conversions statement": "distribution.DistributionItem",
    "GET conversions distribution": "distribution.DistributionRun",
    "pool": "composition.Pool",
    "member": "composition.PoolMember",
    "list_version": "composition.ListVersion",
    "with": "composition.Pool",
    "since": "composition.ListVersion",
    "supersedes": "reports.SalesReport",
    "GET deduction-comparisons report": "reports.SalesReport",
    "POST deduction-comparisons report": "reports.SalesReport",
    "GET doubtful-deductions report": "reports.SalesReport",
    "deduction": "deductions.ComparedDeduction",
    "replaces": "reports.ReportDraft",
    "call": "submissions.Call",
    "submission": "submissions.Submission",
    "claim": "submissions.SubmissionClaim",
    "chart": "documents.Document",
    "target": "charts.ChartTarget",
    "claim_chart": "charts.ClaimChart",
    "lead": "identity.Seat",
    "first_assistant": "identity.Seat",
    "second_assistant": "identity.Seat",
    "connection": "connections.Connection",
    "patent": "patents.Patent",
    "family": "patents.PatentFamily",
    "difference": "patents.Difference",
    "programme": "terms.Programme",
    "terms_version": "terms.TermsVersion",
    "licence": "agreements.Licence",
    "renews": "agreements.Licence",
    "breach": "breaches.Breach",
    "template": "dealings.ContractTemplate",
    "licensor": "identity.Organisation",
    "licensee_patent": "patents.Patent",
    "head": "direct.DirectLicence",
    "declaration": "openlicences.OpenDeclaration",
    "pledge": "patents.Encumbrance",
    "report": "documents.Document",
    "run": "close.CloseRun",
    "GET objections statement": "distribution.DistributionItem",
    "close_run": "close.CloseRun",
    "parallel_run": "cutover.ParallelRun",
    "cutover": "cutover.Cutover",
    "opening": "cutover.Opening",
    "POST parallel-runs/{parallel_run_id}/acceptance difference": "cutover.ParallelDifference",
    "against": "close.CloseRun",
    "GET terms-versions/{terms_version_id}/differences against": "terms.TermsVersion",
    "ids": "notices.Notice",
    "responsible": "identity.Seat",
    "deadline": "deadlines.Deadline",
    "line": "upkeep.PaymentOrderLine",
    "receipt": "documents.Document",
    "fapiao": "documents.Document",
    "series": "billing.InvoiceSeries",
    "clause": "audits.AuditClause",
    "audit": "audits.Audit",
    "auditor_seat": "identity.Seat",
    "invoice": "billing.Invoice",
    "credit_note": "billing.Invoice",
    "payment": "payments.OnlinePayment",
    "from_account": "ledger.Account",
}
"""What the ids of a body or a filter are of, by their names, or at one route; `subject` may be of anything."""


@dataclass(frozen=True)
class Place:
    """Where something goes into a request: a field of the body, as a path with `[]` for lists, or a filter."""

    route: str
    path: tuple[str, ...]
    filters: bool = False

    def __str__(self) -> str:
        return f"{self.route} {'?' if self.filters else ''}{'.'.join(self.path)}"

    @property
    def name(self) -> str:
        """Return the name by which one knows what is meant, without what only says that it is an id."""
        last = next(step for step in reversed(self.path) if step != "[]")
        return last.removesuffix("_ids").removesuffix("_id")

    def kind(self, default: type[Model]) -> type[Model]:
        """Return the model that an id here is of; a name nobody has heard of fails."""
        kind = KINDS.get(f"{self.route} {self.name}", KINDS.get(self.name))
        assert kind is not None, f"{self}: say in {__name__}.KINDS what an id of this name is of"
        return apps.get_model(kind) if kind else default


@cache
def description() -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for address, methods in description()["paths"].items():
        for method in METHODS:
            if method in methods and address.startswith(f"/{PREFIX}"):
                yield f"{method.upper()} {address.removeprefix(f'/{PREFIX}')}", methods[method]


def places_of_ids() -> list[Place]:
    """Return every field of every body, and every filter, that takes an id."""
    found = []
    for route, operation in operations():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            found += [Place(route, path) for path, schema in _fields(content["schema"]) if _has(schema, "uuid")]
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and parameter["schema"].get("format") == "uuid":
                found.append(Place(route, (parameter["name"],), filters=True))
    return list(dict.fromkeys(found))


def places_of_texts(*formats: str) -> list[Place]:
    """Return every field of every body that takes a text of the caller's own, in no form or in one of these."""
    found = []
    for route, operation in operations():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            found += [
                Place(route, path)
                for path, schema in _fields(content["schema"])
                if "string" in _types(schema) and schema.get("format") in (None, *formats) and "enum" not in schema
            ]
    return list(dict.fromkeys(found))


def filters_of(route: str) -> list[dict[str, Any]]:
    """Return the query parameters of a route."""
    return [
        parameter
        for name, operation in operations()
        if name == route
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    ]


def _fields(schema: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    schema = _resolved(schema)
    if "array" in _types(schema):
        yield from _fields(schema["items"], (*before, "[]"))
    elif "properties" in schema:
        for name, field in schema["properties"].items():
            yield from _fields(field, (*before, name))
    elif before:
        yield before, schema


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        place: Any = description()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        return _resolved(place)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return {"properties": {}, **{k: v for part in schema[several] for k, v in _resolved(part).items()}}
    return schema


def _types(schema: dict[str, Any]) -> set[str]:
    kind = schema.get("type", ())
    return {kind} if isinstance(kind, str) else set(kind)


def _has(schema: dict[str, Any], form: str) -> bool:
    return schema.get("format") == form
