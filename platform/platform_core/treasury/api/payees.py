"""Where organisations want to be paid, over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.actors import Actor
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.treasury import selectors, services
from platform_core.treasury.models import PayeeAccount


class PayeeAccountSerializer(serializers.ModelSerializer[PayeeAccount]):
    """Where an organisation wants to be paid."""

    organisation_name = serializers.CharField(source="organisation", read_only=True)
    entered_by_name = serializers.CharField(source="entered_by.name", read_only=True)
    confirmed_by_name = serializers.CharField(source="confirmed_by.name", default="", read_only=True)

    class Meta:
        model = PayeeAccount
        fields: tuple[str, ...] = (
            "id",
            "organisation_id",
            "organisation_name",
            "currency",
            "account_name",
            "bank_name",
            "branch",
            "number",
            "state",
            "entered_at",
            "entered_by_name",
            "confirmed_at",
            "confirmed_by_name",
            "in_force_at",
            "withdrawn_at",
            "reason",
        )


class WholePayeeAccountSerializer(PayeeAccountSerializer):
    """Where an organisation wants to be paid, with what you can do about it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(PayeeAccountSerializer.Meta):
        fields = (*PayeeAccountSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, account: PayeeAccount) -> list[str]:
        """List what can be done."""
        return selectors.payee_steps(account, actor=self.context["actor"])


class NewPayeeAccountSerializer(serializers.Serializer[Any]):
    """Where an organisation wants to be paid from now on."""

    organisation_id = serializers.UUIDField()
    currency = serializers.CharField(max_length=3)
    account_name = serializers.CharField(max_length=200, help_text="in whose name it is kept (户名)")
    bank_name = serializers.CharField(max_length=100)
    branch = serializers.CharField(max_length=200, required=False, allow_blank=True)
    number = serializers.CharField(max_length=60)


class PayeeAccountWithdrawalSerializer(serializers.Serializer[Any]):
    """Why nothing is to be paid to an account."""

    reason = serializers.CharField(max_length=500)


class PayeeAccountsView(HouseView):
    """Accounts that organisations want to be paid to."""

    orders = {"entered": "entered_at"}
    _ids = {"organisation": "organisation"}
    _texts = {"state": "state", "currency": "currency"}

    @extend_schema(
        operation_id="payee_accounts_list",
        parameters=parameters_of(ids=_ids, texts=_texts),
        responses=page_of(PayeeAccountSerializer),
    )
    def get(self, request: Request) -> Response:
        """List where organisations want to be paid, as far as you may see it, the latest first."""
        rows = filtered(selectors.payee_accounts(actor=self.actor), request, ids=self._ids, texts=self._texts)
        return self.page(rows, PayeeAccountSerializer, default="-entered")

    @extend_schema(
        operation_id="payee_accounts_enter",
        request=NewPayeeAccountSerializer,
        responses={201: WholePayeeAccountSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Say where an organisation wants to be paid; another person confirms it, and its administrators are told."""
        made = services.enter_payee_account(actor=self.actor, **self.read(NewPayeeAccountSerializer, request))
        return Response(_whole(made, self.actor), status=201)


class PayeeAccountView(HouseView):
    """One account that an organisation wants to be paid to."""

    @extend_schema(operation_id="payee_accounts_read", responses=WholePayeeAccountSerializer)
    def get(self, request: Request, account_id: UUID) -> Response:
        """Read where an organisation wants to be paid."""
        return answer_with_etag(request, _whole(selectors.get_payee_account(account_id, actor=self.actor), self.actor))


class PayeeConfirmationView(HouseView):
    """The confirmation of an account."""

    @extend_schema(operation_id="payee_accounts_confirm", request=None, responses=WholePayeeAccountSerializer)
    def post(self, request: Request, account_id: UUID) -> Response:
        """Confirm it as the second person; payments go there after three days."""
        return Response(_whole(services.confirm_payee_account(actor=self.actor, account_id=account_id), self.actor))


class PayeeWithdrawalView(HouseView):
    """The withdrawal of an account."""

    @extend_schema(
        operation_id="payee_accounts_withdraw",
        request=PayeeAccountWithdrawalSerializer,
        responses=WholePayeeAccountSerializer,
    )
    def post(self, request: Request, account_id: UUID) -> Response:
        """Have nothing paid there any more, and say why."""
        reason = self.read(PayeeAccountWithdrawalSerializer, request)["reason"]
        withdrawn = services.withdraw_payee_account(actor=self.actor, account_id=account_id, reason=reason)
        return Response(_whole(withdrawn, self.actor))


def _whole(account: PayeeAccount, actor: Actor) -> dict[str, Any]:
    document: dict[str, Any] = WholePayeeAccountSerializer(account, context={"actor": actor}).data
    return document
