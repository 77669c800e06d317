"""Statements of banks over HTTP: seen first, then taken in."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.bodies import GivenJSONField
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.problems import invalid
from platform_core.treasury import selectors, services
from platform_core.treasury.calculation import BankLine
from platform_core.treasury.models import BankStatement

LARGEST_FILE: Final = 10_000_000
SHOWN: Final = 200
"""Lines that a preview shows; it counts all."""


class BankStatementSerializer(serializers.ModelSerializer[BankStatement]):
    """A file in which a bank told what happened on an account."""

    taken_by_name = serializers.CharField(source="taken_by.name", default="", read_only=True)
    currency = serializers.CharField(source="bank_account.currency", read_only=True)
    bank_account_name = serializers.CharField(source="bank_account", read_only=True)

    class Meta:
        model = BankStatement
        fields: tuple[str, ...] = (
            "id",
            "bank_account_id",
            "bank_account_name",
            "currency",
            "file_name",
            "file_sha256",
            "first_on",
            "last_on",
            "opening_minor",
            "closing_minor",
            "lines_new",
            "lines_known",
            "taken_at",
            "taken_by_name",
        )


class TakenStatementSerializer(BankStatementSerializer):
    """A statement that was taken in, and whether this very file had been before."""

    was_known = serializers.SerializerMethodField()

    class Meta(BankStatementSerializer.Meta):
        fields = (*BankStatementSerializer.Meta.fields, "was_known")

    def get_was_known(self, statement: BankStatement) -> bool:
        """Say whether the same file was on record."""
        return bool(self.context["was_known"])


class NewBankStatementSerializer(serializers.Serializer[Any]):
    """A statement to take in."""

    bank_account_id = serializers.UUIDField()
    file = serializers.FileField(help_text="CSV, XLSX or XLS as the bank exports it")


class StatementToSeeSerializer(serializers.Serializer[Any]):
    """A statement to be read, of which nothing is kept."""

    file = serializers.FileField(help_text="CSV, XLSX or XLS as the bank exports it")
    mapping = GivenJSONField(required=False, help_text="to be tried in the place of that of the account, as an object")


class SeenLineSerializer(serializers.Serializer[Any]):
    """A line as it would be taken in."""

    line = serializers.IntegerField(help_text="where it stands in the file")
    booked_on = serializers.DateField()
    amount_minor = serializers.IntegerField(help_text="above zero is money that came in")
    balance_minor = serializers.IntegerField(allow_null=True)
    counterparty_name = serializers.CharField()
    counterparty_account = serializers.CharField()
    text = serializers.CharField()
    serial = serializers.CharField()
    is_new = serializers.BooleanField(help_text="whether it is not on record yet")


class StatementPreviewSerializer(serializers.Serializer[selectors.Preview]):
    """What taking a statement in would do."""

    encoding = serializers.CharField(source="read.encoding", help_text="blank for a workbook")
    header_line = serializers.IntegerField(source="read.header_line")
    columns = serializers.DictField(
        source="read.columns", child=serializers.CharField(), help_text="by what they are: the headings they have"
    )
    left_out = serializers.ListField(
        source="read.left_out", child=serializers.IntegerField(), help_text="lines of totals"
    )
    first_on = serializers.SerializerMethodField()
    last_on = serializers.SerializerMethodField()
    opening_minor = serializers.IntegerField(allow_null=True)
    closing_minor = serializers.IntegerField(allow_null=True)
    in_minor = serializers.SerializerMethodField()
    out_minor = serializers.SerializerMethodField()
    lines_new = serializers.SerializerMethodField()
    lines_known = serializers.SerializerMethodField()
    gap_before_minor = serializers.IntegerField(
        allow_null=True, help_text="what is missing between the lines on record and the first of these"
    )
    lines = serializers.SerializerMethodField(help_text="the first 200")

    @extend_schema_field(serializers.DateField())
    def get_first_on(self, seen: selectors.Preview) -> str:
        """Return the day of the first line."""
        return seen.read.lines[0].booked_on.isoformat()

    @extend_schema_field(serializers.DateField())
    def get_last_on(self, seen: selectors.Preview) -> str:
        """Return the day of the last line."""
        return seen.read.lines[-1].booked_on.isoformat()

    def get_in_minor(self, seen: selectors.Preview) -> int:
        """Return what came in."""
        return sum(line.amount_minor for line in seen.read.lines if line.amount_minor > 0)

    def get_out_minor(self, seen: selectors.Preview) -> int:
        """Return what went out."""
        return -sum(line.amount_minor for line in seen.read.lines if line.amount_minor < 0)

    def get_lines_new(self, seen: selectors.Preview) -> int:
        """Count the lines that are not on record."""
        return sum(seen.is_new)

    def get_lines_known(self, seen: selectors.Preview) -> int:
        """Count the lines that are on record from another file."""
        return len(seen.is_new) - sum(seen.is_new)

    @extend_schema_field(SeenLineSerializer(many=True))
    def get_lines(self, seen: selectors.Preview) -> Any:
        """Return the first lines."""
        shown = zip(seen.read.lines[:SHOWN], seen.is_new, strict=False)
        return [SeenLineSerializer(_seen(line, is_new)).data for line, is_new in shown]


class StatementPreviewView(HouseView):
    """Seeing what a statement would bring."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="bank_accounts_preview_statement",
        request={"multipart/form-data": StatementToSeeSerializer},
        responses=StatementPreviewSerializer,
    )
    def post(self, request: Request, account_id: UUID) -> Response:
        """Read a statement as it would be taken in; nothing is kept. Each line that cannot be one is named."""
        given = self.read(StatementToSeeSerializer, request)
        mapping = selectors.checked_mapping(given["mapping"]) if "mapping" in given else None
        with _on_disk(given["file"]) as path:
            seen = selectors.preview_statement(account_id, path, actor=self.actor, mapping=mapping)
        return Response(StatementPreviewSerializer(seen).data)


class BankStatementsView(HouseView):
    """Statements of banks."""

    parser_classes = [MultiPartParser]
    orders = {"taken": "taken_at", "day": "first_on"}
    _ids = {"bank_account": "bank_account"}

    @extend_schema(
        operation_id="bank_statements_list",
        parameters=parameters_of(ids=_ids),
        responses=page_of(BankStatementSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the statements that were taken in, the latest first."""
        rows = filtered(selectors.bank_statements(actor=self.actor), request, ids=self._ids)
        return self.page(rows, BankStatementSerializer, default="-taken")

    @extend_schema(
        operation_id="bank_statements_take",
        request={"multipart/form-data": NewBankStatementSerializer},
        responses={201: TakenStatementSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take a statement in: each line once, whatever file it comes in, and booked at once."""
        given = self.read(NewBankStatementSerializer, request)
        with _on_disk(given["file"]) as path:
            taken = services.take_statement(
                actor=self.actor, account_id=given["bank_account_id"], path=path, file_name=given["file"].name
            )
        context = {"was_known": taken.was_known}
        return Response(TakenStatementSerializer(taken.statement, context=context).data, status=201)


class BankStatementView(HouseView):
    """One statement."""

    @extend_schema(operation_id="bank_statements_read", responses=BankStatementSerializer)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Read what a statement brought."""
        found = selectors.get_bank_statement(statement_id, actor=self.actor)
        return answer_with_etag(request, BankStatementSerializer(found).data)


def _seen(line: BankLine, is_new: bool) -> dict[str, Any]:
    names = ("line", "booked_on", "amount_minor", "balance_minor", "counterparty_name", "counterparty_account", "text")
    return {**{name: getattr(line, name) for name in names}, "serial": line.serial, "is_new": is_new}


@contextmanager
def _on_disk(file: Any) -> Iterator[Path]:
    """Have what was sent in a file while it is read."""
    if (file.size or 0) > LARGEST_FILE:
        raise invalid("/file", "too_large", "A statement has at most 10 MB: take it in month by month.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement"
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        yield path
