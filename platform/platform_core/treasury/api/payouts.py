"""Payments and files for banks over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
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
from platform_core.treasury.models import Payout, PayoutFile


class PayoutSerializer(serializers.ModelSerializer[Payout]):
    """What is to be paid to whom."""

    code = serializers.CharField(read_only=True, help_text="by what it is recognised on a statement")
    currency = serializers.CharField(source="bank_account.currency", read_only=True)
    bank_account_name = serializers.CharField(source="bank_account", read_only=True)
    payee_name = serializers.CharField(source="payee", read_only=True)
    first_released_by_name = serializers.CharField(source="first_released_by.name", default="", read_only=True)
    released_by_name = serializers.CharField(source="released_by.name", default="", read_only=True)

    class Meta:
        model = Payout
        fields: tuple[str, ...] = (
            "id",
            "code",
            "operating_entity_id",
            "purpose",
            "bank_account_id",
            "bank_account_name",
            "payee_id",
            "payee_name",
            "owed_account_id",
            "payee_account_id",
            "amount_minor",
            "currency",
            "text",
            "due_on",
            "subject_type",
            "subject_id",
            "state",
            "drafted_at",
            "first_released_by_name",
            "released_by_name",
            "released_at",
            "file_id",
            "reason",
            "ended_at",
        )


class WholePayoutSerializer(PayoutSerializer):
    """A payment with what you can do about it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    is_held = serializers.SerializerMethodField(
        help_text="where it goes has changed since it was released: it is in no file until it is the same again"
    )

    class Meta(PayoutSerializer.Meta):
        fields = (*PayoutSerializer.Meta.fields, "is_held", "allowed_steps")

    def get_is_held(self, payout: Payout) -> bool:
        """Say whether it is held."""
        return selectors.is_held(payout, actor=self.context["actor"])

    def get_allowed_steps(self, payout: Payout) -> list[str]:
        """List what can be done."""
        return selectors.payout_steps(payout, actor=self.context["actor"])


class NewPayoutSerializer(serializers.Serializer[Any]):
    """A payment of what the books say is owed to somebody."""

    bank_account_id = serializers.UUIDField(help_text="out of which it is paid")
    owed_account_id = serializers.UUIDField(help_text="the account of the books on which it is owed")
    amount_minor = serializers.IntegerField(min_value=1)
    due_on = serializers.DateField()
    text = serializers.CharField(max_length=100, required=False, allow_blank=True, help_text="what the payee reads")


class PayoutEndSerializer(serializers.Serializer[Any]):
    """Why a payment is given up, or came back."""

    reason = serializers.CharField(max_length=500)


class PayoutFileSerializer(serializers.ModelSerializer[PayoutFile]):
    """Payments of one bank account as a file that a bank takes in."""

    bank_account_name = serializers.CharField(source="bank_account", read_only=True)
    currency = serializers.CharField(source="bank_account.currency", read_only=True)
    made_by_name = serializers.CharField(source="made_by.name", default="", read_only=True)
    taken_by_name = serializers.CharField(source="taken_by.name", default="", read_only=True)

    class Meta:
        model = PayoutFile
        fields = (
            "id",
            "bank_account_id",
            "bank_account_name",
            "number",
            "payouts_count",
            "total_minor",
            "currency",
            "content_sha256",
            "made_at",
            "made_by_name",
            "taken_at",
            "taken_by_name",
            "held_count",
            "held_minor",
            "taken_sha256",
        )
        read_only_fields = ("held_count", "held_minor", "taken_sha256")


class NewPayoutFileSerializer(serializers.Serializer[Any]):
    """Whose released payments go into a file."""

    bank_account_id = serializers.UUIDField()


class PayoutsView(HouseView):
    """Payments."""

    orders = {"due": "due_on", "drafted": "drafted_at"}
    _ids = {"operating_entity": "operating_entity", "bank_account": "bank_account", "payee": "payee"}
    _texts = {"state": "state", "purpose": "purpose"}

    @extend_schema(
        operation_id="payouts_list",
        parameters=parameters_of(ids=_ids, texts=_texts),
        responses=page_of(PayoutSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the payments you may see, what is due first."""
        rows = filtered(selectors.payouts(actor=self.actor), request, ids=self._ids, texts=self._texts)
        return self.page(rows, PayoutSerializer, default="due")

    @extend_schema(operation_id="payouts_draft", request=NewPayoutSerializer, responses={201: WholePayoutSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Draft a payment of what is owed; nothing moves before two people released it."""
        made = services.draft_payout(actor=self.actor, **self.read(NewPayoutSerializer, request))
        return Response(_whole(made, self.actor), status=201)


class PayoutView(HouseView):
    """One payment."""

    @extend_schema(operation_id="payouts_read", responses=WholePayoutSerializer)
    def get(self, request: Request, payout_id: UUID) -> Response:
        """Read how far a payment has come."""
        return answer_with_etag(request, _whole(selectors.get_payout(payout_id, actor=self.actor), self.actor))


class PayoutReleaseView(HouseView):
    """The release of a payment."""

    @extend_schema(operation_id="payouts_release", request=None, responses=WholePayoutSerializer)
    def post(self, request: Request, payout_id: UUID) -> Response:
        """Release a payment, as the first or the second person."""
        return Response(_whole(services.release_payout(actor=self.actor, payout_id=payout_id), self.actor))


class PayoutCancellationView(HouseView):
    """The cancellation of a payment."""

    @extend_schema(operation_id="payouts_cancel", request=PayoutEndSerializer, responses=WholePayoutSerializer)
    def post(self, request: Request, payout_id: UUID) -> Response:
        """Give up a payment that no bank has heard of, and say why."""
        reason = self.read(PayoutEndSerializer, request)["reason"]
        return Response(
            _whole(services.cancel_payout(actor=self.actor, payout_id=payout_id, reason=reason), self.actor)
        )


class PayoutReturnView(HouseView):
    """The refusal of a payment by a bank."""

    @extend_schema(operation_id="payouts_return", request=PayoutEndSerializer, responses=WholePayoutSerializer)
    def post(self, request: Request, payout_id: UUID) -> Response:
        """Note that a bank refused a payment of its file, and say why."""
        reason = self.read(PayoutEndSerializer, request)["reason"]
        return Response(
            _whole(services.return_payout(actor=self.actor, payout_id=payout_id, reason=reason), self.actor)
        )


class PayoutFilesView(HouseView):
    """Files for banks."""

    orders = {"made": "made_at"}
    _ids = {"bank_account": "bank_account"}

    @extend_schema(
        operation_id="payout_files_list", parameters=parameters_of(ids=_ids), responses=page_of(PayoutFileSerializer)
    )
    def get(self, request: Request) -> Response:
        """List the files for banks, the latest first."""
        rows = filtered(selectors.payout_files(actor=self.actor), request, ids=self._ids)
        return self.page(rows, PayoutFileSerializer, default="-made")

    @extend_schema(
        operation_id="payout_files_make", request=NewPayoutFileSerializer, responses={201: PayoutFileSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Put all released payments of a bank account into a file."""
        made = services.make_payout_file(actor=self.actor, **self.read(NewPayoutFileSerializer, request))
        return Response(PayoutFileSerializer(made).data, status=201)


class PayoutFileView(HouseView):
    """One file for a bank."""

    @extend_schema(operation_id="payout_files_read", responses=PayoutFileSerializer)
    def get(self, request: Request, file_id: UUID) -> Response:
        """Read what a file pays, and whether it was taken."""
        found = selectors.get_payout_file(file_id, actor=self.actor)
        return answer_with_etag(request, PayoutFileSerializer(found).data)


class PayoutFileTakingView(HouseView):
    """The handing out of a file."""

    @extend_schema(operation_id="payout_files_take", request=None, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def post(self, request: Request, file_id: UUID) -> HttpResponse:
        """Hand out the file for the bank, once; what is not to be paid any more is left out, and counted."""
        file, content = services.take_payout_file(actor=self.actor, file_id=file_id)
        answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="payouts-{file.number}.csv"'
        answer["Cache-Control"] = "private, no-store"
        return answer


def _whole(payout: Payout, actor: Actor) -> dict[str, Any]:
    document: dict[str, Any] = WholePayoutSerializer(payout, context={"actor": actor}).data
    return document
