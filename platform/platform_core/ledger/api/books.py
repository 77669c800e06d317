"""Accounts, their lines, entries and the trial balance over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import asked_day, filtered, parameters_of
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.roles import Purpose
from platform_core.ledger import selectors
from platform_core.ledger.kinds import DEBIT_CLASSES, AccountClass, AccountKind, account_kinds
from platform_core.ledger.models import Account, Entry, Posting
from platform_core.problems import invalid

ON: Final = OpenApiParameter(
    "on", OpenApiTypes.DATE, description="at the end of this day; all that is booked if left out"
)
DAYS: Final = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="what takes effect from this day on"),
    OpenApiParameter("to", OpenApiTypes.DATE, description="what takes effect through this day"),
]
BALANCE: Final = "debits less credits, in minor units"


class LedgerAccountSerializer(serializers.ModelSerializer[Account]):
    """What an organisation owns, owes or is owed in the books of an operating entity."""

    operating_entity_name = serializers.CharField(source="operating_entity", read_only=True)
    holder_name = serializers.CharField(source="holder", read_only=True)
    kind_zh = serializers.SerializerMethodField()
    kind_en = serializers.SerializerMethodField()
    account_class = serializers.SerializerMethodField(help_text="on which side of the books it stands")
    is_debit_side = serializers.SerializerMethodField(
        help_text="whether people read its balance as it is; that of others with the sign turned"
    )
    balance_minor = serializers.SerializerMethodField(help_text=BALANCE)

    class Meta:
        model = Account
        fields = (
            "id",
            "operating_entity_id",
            "operating_entity_name",
            "holder_id",
            "holder_name",
            "kind",
            "kind_zh",
            "kind_en",
            "account_class",
            "is_debit_side",
            "purpose",
            "currency",
            "label",
            "balance_minor",
            "opened_at",
            "closed_at",
        )

    def get_kind_zh(self, account: Account) -> str:
        """Name the kind in Chinese."""
        return _kind_of(account).zh

    def get_kind_en(self, account: Account) -> str:
        """Name the kind in English."""
        return _kind_of(account).en

    @extend_schema_field(serializers.ChoiceField(choices=[(side.value, side.value) for side in AccountClass]))
    def get_account_class(self, account: Account) -> str:
        """Return the side of the books."""
        return _kind_of(account).side.value

    def get_is_debit_side(self, account: Account) -> bool:
        """Say whether its balance is a debit as a rule."""
        return _kind_of(account).side in DEBIT_CLASSES

    def get_balance_minor(self, account: Account) -> int:
        """Return what it comes to, as the view found out for all rows at once."""
        return int(self.context["balances"].get(account.pk, 0))


class LedgerPostingSerializer(serializers.Serializer[Posting]):
    """A line on an account, and what the account comes to after it."""

    id = serializers.SerializerMethodField()
    effective_on = serializers.DateField()
    name = serializers.CharField(source="entry.name", help_text="what happened, as thing.done")
    amount_minor = serializers.IntegerField(help_text="above zero is a debit, below zero a credit")
    balance_minor = serializers.SerializerMethodField(help_text=f"after this line: {BALANCE}")
    booked_at = serializers.DateTimeField(source="entry.booked_at")
    entry_id = serializers.SerializerMethodField(help_text="for whoever may see the whole entry")
    entry_number = serializers.SerializerMethodField(help_text="for whoever may see the whole entry")
    memo = serializers.SerializerMethodField(help_text="for whoever may see the whole entry")

    def get_id(self, row: Posting) -> UUID:
        """Return what the line is known by; how many lines were booked meanwhile is nothing for holders."""
        return uuid5(row.entry_id, str(row.place))

    def get_balance_minor(self, row: Posting) -> int:
        """Return what the account comes to after the line."""
        return int(self.context["balances"][row.pk])

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_entry_id(self, row: Posting) -> UUID | None:
        """Return the entry."""
        return row.entry_id if self._is_whole(row) else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_entry_number(self, row: Posting) -> int | None:
        """Return the number of the entry in the books."""
        return row.entry.number if self._is_whole(row) else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_memo(self, row: Posting) -> str | None:
        """Return what was noted about the entry."""
        return row.entry.memo if self._is_whole(row) else None

    def _is_whole(self, row: Posting) -> bool:
        return row.entry_id in self.context["whole"]


class CurrencyAmountSerializer(serializers.Serializer[Any]):
    """An amount of a currency."""

    currency = serializers.CharField()
    amount_minor = serializers.IntegerField()


class LedgerEntrySerializer(serializers.ModelSerializer[Entry]):
    """One thing that happened to money."""

    user_name = serializers.CharField(source="user.name", default="", read_only=True, help_text="who booked it")
    moved = serializers.SerializerMethodField(help_text="the sum of its debits, by currency")

    class Meta:
        model = Entry
        fields: tuple[str, ...] = (
            "id",
            "operating_entity_id",
            "number",
            "purpose",
            "name",
            "effective_on",
            "booked_at",
            "subject_type",
            "subject_id",
            "memo",
            "moved",
            "reverses_id",
            "user_name",
            "work",
        )

    @extend_schema_field(CurrencyAmountSerializer(many=True))
    def get_moved(self, entry: Entry) -> list[dict[str, Any]]:
        """Return what it moves, as the view found out for all rows at once."""
        moved: Mapping[str, int] = self.context["turnovers"].get(entry.pk, {})
        return [{"currency": currency, "amount_minor": amount} for currency, amount in sorted(moved.items())]


class LedgerLineSerializer(serializers.Serializer[Posting]):
    """A line of an entry."""

    place = serializers.IntegerField()
    account_id = serializers.UUIDField()
    account_label = serializers.CharField(source="account.label")
    holder_id = serializers.UUIDField(source="account.holder_id")
    holder_name = serializers.CharField(source="account.holder")
    kind = serializers.CharField(source="account.kind")
    kind_zh = serializers.SerializerMethodField()
    kind_en = serializers.SerializerMethodField()
    currency = serializers.CharField(source="account.currency")
    amount_minor = serializers.IntegerField(help_text="above zero is a debit, below zero a credit")

    def get_kind_zh(self, row: Posting) -> str:
        """Name the kind of account in Chinese."""
        return _kind_of(row.account).zh

    def get_kind_en(self, row: Posting) -> str:
        """Name the kind of account in English."""
        return _kind_of(row.account).en


class WholeLedgerEntrySerializer(LedgerEntrySerializer):
    """An entry with its lines, and how it is tied to the one before it."""

    operating_entity_name = serializers.CharField(source="operating_entity", read_only=True)
    lines = serializers.SerializerMethodField(help_text="those on accounts that you may see")
    hidden_lines = serializers.SerializerMethodField(help_text="how many lines are on accounts that you may not see")
    reverses_number = serializers.IntegerField(source="reverses.number", default=None, allow_null=True, read_only=True)
    reversed_by_id = serializers.SerializerMethodField()
    reversed_by_number = serializers.SerializerMethodField()
    is_as_booked = serializers.SerializerMethodField(
        help_text="whether it says what it said when it was booked, and follows the one before it"
    )

    class Meta(LedgerEntrySerializer.Meta):
        fields = (
            *LedgerEntrySerializer.Meta.fields,
            "operating_entity_name",
            "key",
            "lines",
            "hidden_lines",
            "reverses_number",
            "reversed_by_id",
            "reversed_by_number",
            "previous_hash",
            "hash",
            "is_as_booked",
        )

    @extend_schema_field(LedgerLineSerializer(many=True))
    def get_lines(self, entry: Entry) -> Any:
        """Return the lines that may be seen."""
        return LedgerLineSerializer(self.context["lines"], many=True).data

    def get_hidden_lines(self, entry: Entry) -> int:
        """Count the lines that may not be seen."""
        return len(entry.postings.all()) - len(self.context["lines"])

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_reversed_by_id(self, entry: Entry) -> UUID | None:
        """Return the entry that undoes it."""
        opposite = getattr(entry, "reversed_by", None)
        return opposite.pk if opposite else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_reversed_by_number(self, entry: Entry) -> int | None:
        """Return the number of the entry that undoes it."""
        opposite = getattr(entry, "reversed_by", None)
        return opposite.number if opposite else None

    def get_is_as_booked(self, entry: Entry) -> bool:
        """Read it again."""
        return selectors.is_as_booked(entry)


class TrialBalanceRowSerializer(LedgerAccountSerializer):
    """What an account comes to, with the sums of its debits and credits."""

    debit_minor = serializers.SerializerMethodField()
    credit_minor = serializers.SerializerMethodField()

    class Meta(LedgerAccountSerializer.Meta):
        fields = (*LedgerAccountSerializer.Meta.fields, "debit_minor", "credit_minor")  # type: ignore[assignment]  # two more

    def get_debit_minor(self, account: Account) -> int:
        """Return the sum of its debits."""
        return int(self.context["sums"][account.pk].debit_minor)

    def get_credit_minor(self, account: Account) -> int:
        """Return the sum of its credits."""
        return int(self.context["sums"][account.pk].credit_minor)


class TrialBalanceTotalSerializer(serializers.Serializer[Any]):
    """What all accounts of a purpose and a currency come to."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    currency = serializers.CharField()
    debit_minor = serializers.IntegerField()
    credit_minor = serializers.IntegerField()
    balance_minor = serializers.IntegerField(help_text="zero, unless there are accounts that you may not see")


class TrialBalanceSerializer(serializers.Serializer[Any]):
    """What the accounts of an operating entity come to beside each other."""

    operating_entity_id = serializers.UUIDField()
    on = serializers.DateField(allow_null=True)
    closed_through = serializers.DateField(allow_null=True)
    rows = TrialBalanceRowSerializer(many=True)
    totals = TrialBalanceTotalSerializer(many=True)


def _kind_of(account: Account) -> AccountKind:
    return account_kinds()[account.kind]


class LedgerAccountsView(HouseView):
    """Accounts."""

    orders = {"opened": "opened_at", "kind": "kind", "holder": "holder_id"}
    _ids = {"operating_entity": "operating_entity", "holder": "holder"}
    _texts = {"purpose": "purpose", "kind": "kind", "currency": "currency"}

    @extend_schema(
        operation_id="ledger_accounts_list",
        parameters=[
            *parameters_of(ids=_ids, texts=_texts),
            OpenApiParameter("state", str, enum=["open", "closed"], description="only open ones, or only closed ones"),
            ON,
        ],
        responses=page_of(LedgerAccountSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the accounts you may see, each with its balance."""
        on = asked_day(request, "on")
        rows = filtered(selectors.visible_accounts(actor=self.actor), request, ids=self._ids, texts=self._texts)
        match request.query_params.get("state", ""):
            case "":
                pass
            case "open" | "closed" as state:
                rows = rows.filter(closed_at__isnull=state == "open")
            case _:
                raise invalid("/state", "unknown", "Ask for “open” or “closed”.")

        def balances(part: Sequence[Account]) -> dict[str, Any]:
            return {"balances": selectors.balances_of(part, on=on)}

        return self.page(rows, LedgerAccountSerializer, default="kind", about=balances)


class LedgerAccountView(HouseView):
    """One account."""

    @extend_schema(operation_id="ledger_accounts_read", parameters=[ON], responses=LedgerAccountSerializer)
    def get(self, request: Request, account_id: UUID) -> Response:
        """Read an account and what it comes to."""
        on = asked_day(request, "on")
        account = selectors.get_account(account_id, actor=self.actor)
        balances = selectors.balances_of([account], on=on)
        return answer_with_etag(request, LedgerAccountSerializer(account, context={"balances": balances}).data)


class LedgerPostingsView(HouseView):
    """The lines on an account."""

    orders = {"day": "effective_on"}

    @extend_schema(operation_id="ledger_accounts_postings", parameters=DAYS, responses=page_of(LedgerPostingSerializer))
    def get(self, request: Request, account_id: UUID) -> Response:
        """List the lines on an account in the order of their days, each with what the account comes to after it."""
        rows = _between(selectors.postings_of(account_id, actor=self.actor), request)

        def along(part: Sequence[Posting]) -> dict[str, Any]:
            whole = selectors.visible_entries(actor=self.actor).filter(pk__in=[row.entry_id for row in part])
            return {
                "balances": selectors.running_balances(account_id, part),
                "whole": set(whole.order_by().values_list("pk", flat=True)),
            }

        return self.page(rows, LedgerPostingSerializer, default="day", about=along)


class LedgerEntriesView(HouseView):
    """Entries."""

    orders = {"number": "number", "day": "effective_on", "booked": "booked_at"}
    _ids = {"operating_entity": "operating_entity", "subject_id": "subject_id"}
    _texts = {"purpose": "purpose", "subject_type": "subject_type", "name": "name"}

    @extend_schema(
        operation_id="ledger_entries_list",
        parameters=[*parameters_of(ids=_ids, texts=_texts), *DAYS],
        responses=page_of(LedgerEntrySerializer),
    )
    def get(self, request: Request) -> Response:
        """List the entries you may see, the latest first."""
        rows = filtered(selectors.visible_entries(actor=self.actor), request, ids=self._ids, texts=self._texts)

        def turnovers(part: Sequence[Entry]) -> dict[str, Any]:
            return {"turnovers": selectors.turnovers_of(part, actor=self.actor)}

        return self.page(_between(rows, request), LedgerEntrySerializer, default="-booked", about=turnovers)


class LedgerEntryView(HouseView):
    """One entry."""

    @extend_schema(operation_id="ledger_entries_read", responses=WholeLedgerEntrySerializer)
    def get(self, request: Request, entry_id: UUID) -> Response:
        """Read an entry with its lines, and whether it is as it was booked."""
        entry = selectors.get_entry(entry_id, actor=self.actor)
        context = {
            "lines": selectors.lines_of(entry, actor=self.actor),
            "turnovers": selectors.turnovers_of([entry], actor=self.actor),
        }
        return answer_with_etag(request, WholeLedgerEntrySerializer(entry, context=context).data)


class TrialBalanceView(HouseView):
    """The trial balance of an operating entity."""

    @extend_schema(
        operation_id="operating_entities_trial_balance",
        parameters=[ON, OpenApiParameter("purpose", str, description="only money of this purpose")],
        responses=TrialBalanceSerializer,
    )
    def get(self, request: Request, entity_id: UUID) -> Response:
        """Read what the accounts come to beside each other: in each purpose and currency, nothing is left over."""
        on = asked_day(request, "on")
        asked = request.query_params.get("purpose") or None
        if asked is not None and asked not in Purpose.values:
            raise invalid("/purpose", "unknown", "There is no such purpose.")
        purpose = None if asked is None else Purpose(asked)
        found = selectors.trial_balance(entity_id, actor=self.actor, on=on, purpose=purpose)
        context = {
            "balances": {row.account.pk: row.balance_minor for row in found},
            "sums": {row.account.pk: row for row in found},
        }
        document = {
            "operating_entity_id": entity_id,
            "on": on,
            "closed_through": selectors.closed_through(entity_id, actor=self.actor),
            "rows": [row.account for row in found],
            "totals": _totals(found),
        }
        return Response(TrialBalanceSerializer(document, context=context).data)


def _totals(found: Sequence[selectors.Balance]) -> list[dict[str, Any]]:
    sums: dict[tuple[str, str], list[int]] = {}
    for row in found:
        sum_ = sums.setdefault((row.account.purpose, row.account.currency), [0, 0])
        sum_[0] += row.debit_minor
        sum_[1] += row.credit_minor
    return [
        {
            "purpose": purpose,
            "currency": currency,
            "debit_minor": debit,
            "credit_minor": credit,
            "balance_minor": debit - credit,
        }
        for (purpose, currency), (debit, credit) in sorted(sums.items())
    ]


def _between(rows: QuerySet[Any], request: Request) -> QuerySet[Any]:
    if (first := asked_day(request, "from")) is not None:
        rows = rows.filter(effective_on__gte=first)
    if (last := asked_day(request, "to")) is not None:
        rows = rows.filter(effective_on__lte=last)
    return rows
