"""Bank accounts over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.actors import Actor
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.roles import Purpose
from platform_core.treasury import selectors, services
from platform_core.treasury.mapping import bank_profiles
from platform_core.treasury.models import BankAccount


class BankProfileSerializer(serializers.Serializer[Any]):
    """A bank whose statements are known."""

    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    verified = serializers.BooleanField(help_text="whether it was tried on a real file of that bank")
    mapping = serializers.SerializerMethodField(help_text="what its columns are called")

    def get_mapping(self, profile: Any) -> dict[str, Any]:
        """Return the mapping as it is kept with an account."""
        document: dict[str, Any] = profile.mapping.document()
        return document


class BankProfilesSerializer(serializers.Serializer[Any]):
    """The banks whose statements are known."""

    items = BankProfileSerializer(many=True)


class BankAccountSerializer(serializers.ModelSerializer[BankAccount]):
    """An account of an operating entity at a bank."""

    operating_entity_name = serializers.CharField(source="operating_entity", read_only=True)
    mapping = serializers.DictField(read_only=True, help_text="what the columns of its statements are; empty: not said")
    open_lines = serializers.IntegerField(read_only=True, help_text="lines of which nobody has said what they are for")
    told_minor = serializers.IntegerField(read_only=True, allow_null=True, help_text="what its bank last said of it")
    told_on = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = BankAccount
        fields: tuple[str, ...] = (
            "id",
            "operating_entity_id",
            "operating_entity_name",
            "purpose",
            "currency",
            "bank_name",
            "branch",
            "number",
            "ledger_account_id",
            "mapping",
            "in_use_from",
            "in_use_until",
            "opened_at",
            "open_lines",
            "told_minor",
            "told_on",
        )


class NewBankAccountSerializer(serializers.Serializer[Any]):
    """An account at a bank, to be put on record."""

    operating_entity_id = serializers.UUIDField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    currency = serializers.CharField(max_length=3)
    bank_name = serializers.CharField(max_length=100)
    branch = serializers.CharField(max_length=200, required=False, allow_blank=True)
    number = serializers.CharField(max_length=60)
    in_use_from = serializers.DateField()
    mapping = serializers.DictField(required=False, help_text="what the columns of its statements are")


class BankAccountEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a bank account; what is left out stays."""

    branch = serializers.CharField(max_length=200, required=False, allow_blank=True)
    mapping = serializers.DictField(required=False)
    in_use_until = serializers.DateField(required=False, allow_null=True, help_text="first day without it")


class GapSerializer(serializers.Serializer[Any]):
    """Where a balance does not follow from the one before: lines are missing in between."""

    after = serializers.DateField()
    before = serializers.DateField()
    missing_minor = serializers.IntegerField()


class GapsSerializer(serializers.Serializer[Any]):
    """Where lines of an account are missing."""

    items = GapSerializer(many=True)


class BankProfilesView(HouseView):
    """Banks whose statements are known."""

    @extend_schema(operation_id="bank_profiles", responses=BankProfilesSerializer)
    def get(self, request: Request) -> Response:
        """List the banks with which a mapping can begin; whether one was tried on a real file is said."""
        profiles = sorted(bank_profiles().values(), key=lambda profile: profile.code)
        return Response(BankProfilesSerializer({"items": profiles}).data)


class BankAccountsView(HouseView):
    """Bank accounts."""

    orders = {"opened": "opened_at", "bank": "bank_name"}
    _ids = {"operating_entity": "operating_entity"}
    _texts = {"purpose": "purpose", "currency": "currency"}

    @extend_schema(
        operation_id="bank_accounts_list",
        parameters=[
            *parameters_of(ids=_ids, texts=_texts),
            OpenApiParameter("used", str, enum=["yes", "no"], description="only those that are still used, or no more"),
        ],
        responses=page_of(BankAccountSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the bank accounts you may see."""
        rows = filtered(selectors.bank_accounts(actor=self.actor), request, ids=self._ids, texts=self._texts)
        if (used := request.query_params.get("used")) in ("yes", "no"):
            rows = rows.filter(in_use_until__isnull=used == "yes")
        return self.page(selectors.with_last_balances(rows), BankAccountSerializer, default="bank")

    @extend_schema(
        operation_id="bank_accounts_open", request=NewBankAccountSerializer, responses={201: BankAccountSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Put an account at a bank on record; it gets an account of its own in the books."""
        given = self.read(NewBankAccountSerializer, request)
        made = services.open_bank_account(actor=self.actor, **{**given, "purpose": Purpose(given["purpose"])})
        return Response(represent(made.pk, actor=self.actor), status=201)


class BankAccountView(HouseView):
    """One bank account."""

    @extend_schema(operation_id="bank_accounts_read", responses=BankAccountSerializer)
    def get(self, request: Request, account_id: UUID) -> Response:
        """Read a bank account."""
        document = represent(account_id, actor=self.actor)
        return answer_with_etag(request, document, version=_editable(document))

    @extend_schema(
        operation_id="bank_accounts_edit", request=BankAccountEditsSerializer, responses=BankAccountSerializer
    )
    def patch(self, request: Request, account_id: UUID) -> Response:
        """Change where it was opened, what the columns of its statements are, or until when it is used."""

        def present() -> Mapping[str, Any]:
            selectors.get_bank_account(account_id, actor=self.actor, for_change=True)
            return represent(account_id, actor=self.actor)

        def change(**edits: Any) -> Mapping[str, Any]:
            services.edit_bank_account(actor=self.actor, account_id=account_id, **edits)
            return represent(account_id, actor=self.actor)

        return self.edit(
            request,
            BankAccountEditsSerializer,
            present=present,
            change=change,
            represent=lambda document: document,
            version=_editable,
        )


class GapsView(HouseView):
    """Where lines of an account are missing."""

    @extend_schema(operation_id="bank_accounts_gaps", responses=GapsSerializer)
    def get(self, request: Request, account_id: UUID) -> Response:
        """List where balances do not follow: a statement in between was not taken in."""
        account = selectors.get_bank_account(account_id, actor=self.actor)
        return Response(GapsSerializer({"items": selectors.gaps_of(account)}).data)


def represent(account_id: UUID, *, actor: Actor) -> Mapping[str, Any]:
    """Return an account as its own address shows it."""
    selectors.get_bank_account(account_id, actor=actor)
    found = selectors.with_last_balances(selectors.bank_accounts(actor=actor)).get(pk=account_id)
    document: Mapping[str, Any] = BankAccountSerializer(found).data
    return document


def _editable(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: document[name] for name in ("id", "branch", "mapping", "in_use_until")}
