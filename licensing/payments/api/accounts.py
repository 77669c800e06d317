"""Accounts at the payment service over HTTP: connecting, other keys, closing, and what the service tells of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.payments import selectors, services
from licensing.payments.gateway import ServiceRefused
from licensing.payments.models import StripeAccount
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.clock import SystemClock
from platform_core.problems import invalid

SHORTEST_SHOWN: Final = 16
"""Characters that a secret has at least, of which the last four are shown."""


class StripeAccountSerializer(serializers.ModelSerializer[StripeAccount]):
    """The account with which an operating entity is paid online; of its secrets no more than how they end is shown."""

    secret_key_end = serializers.SerializerMethodField(help_text="the last four characters of the secret key")
    webhook_secret_end = serializers.SerializerMethodField(help_text="the last four characters of the webhook secret")
    has_webhook_secret = serializers.SerializerMethodField(
        help_text="whether there is one, without which nothing that is told is taken"
    )
    webhook_url = serializers.SerializerMethodField(help_text="where the service is to tell what happens")
    last_event_at = serializers.SerializerMethodField(help_text="when the service told something last")
    under_way = serializers.SerializerMethodField(help_text="payments that are under way with it")
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta:
        model = StripeAccount
        fields = (
            "id",
            "operating_entity_id",
            "account_id",
            "is_live",
            "publishable_key",
            "secret_key_end",
            "webhook_secret_end",
            "has_webhook_secret",
            "webhook_url",
            "earlier_until",
            "opened_at",
            "last_event_at",
            "failed_at",
            "failure",
            "unsigned_at",
            "under_way",
            "closed_at",
            "closing_reason",
            "allowed_steps",
        )

    def get_secret_key_end(self, account: StripeAccount) -> str:
        """Tell one key from another, and no more."""
        return end_of(account.secret_key)

    def get_webhook_secret_end(self, account: StripeAccount) -> str:
        """Tell one secret from another, and no more."""
        return end_of(account.webhook_secret)

    def get_has_webhook_secret(self, account: StripeAccount) -> bool:
        """Say whether its events can be known to be from it."""
        return bool(account.webhook_secret)

    def get_webhook_url(self, account: StripeAccount) -> str:
        """Return the address of its events."""
        return f"{settings.PUBLIC_URL}/api/v1/stripe-accounts/{account.pk}/events"

    def get_last_event_at(self, account: StripeAccount) -> datetime | None:
        """Return when something came, signed as it should be."""
        return self._standing(account).last_event_at

    def get_under_way(self, account: StripeAccount) -> int:
        """Count what goes on when the account is closed."""
        return self._standing(account).under_way

    def get_allowed_steps(self, account: StripeAccount) -> list[str]:
        """List what can be done."""
        return list(self._standing(account).allowed_steps)

    def _standing(self, account: StripeAccount) -> selectors.AccountStanding:
        standings: dict[UUID, selectors.AccountStanding] = self.context["standings"]
        return standings[account.pk]


def end_of(secret: str) -> str:
    """Return how a secret ends; nothing of one that is so short that this would tell much of it."""
    return secret[-4:] if len(secret) >= SHORTEST_SHOWN else ""


class NewStripeAccountSerializer(serializers.Serializer[Any]):
    """An account to connect."""

    operating_entity_id = serializers.UUIDField()
    account_id = serializers.CharField(max_length=64, help_text="acct_…")
    secret_key = serializers.CharField(max_length=255, help_text="sk_… or rk_…; never shown again")
    webhook_secret = serializers.CharField(
        max_length=255,
        required=False,
        allow_blank=True,
        help_text="whsec_…; never shown again; may follow, since the service makes it for the address of this account",
    )
    publishable_key = serializers.CharField(max_length=255, required=False, allow_blank=True, help_text="pk_…")


class StripeKeysSerializer(serializers.Serializer[Any]):
    """Other keys to an account that is connected; those that are blank stay as they are."""

    secret_key = serializers.CharField(
        max_length=255, required=False, allow_blank=True, help_text="sk_… or rk_…; never shown again"
    )
    webhook_secret = serializers.CharField(
        max_length=255, required=False, allow_blank=True, help_text="whsec_…; never shown again"
    )
    publishable_key = serializers.CharField(max_length=255, required=False, allow_blank=True, help_text="pk_…")
    both_for_hours = serializers.IntegerField(
        required=False, default=24, min_value=0, max_value=72, help_text="how long the webhook secret before is taken"
    )


class StripeClosingSerializer(serializers.Serializer[Any]):
    """Why no payment is begun with an account any more."""

    reason = serializers.CharField(max_length=500)


class StripeAccountsView(HouseView):
    """Accounts at Stripe."""

    orders = {"opened": "opened_at"}

    @extend_schema(
        operation_id="stripe_accounts_list",
        parameters=parameters_of(ids={"operating_entity": "operating_entity"}),
        responses=page_of(StripeAccountSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the accounts with which operating entities are paid online."""
        rows = filtered(
            selectors.stripe_accounts(actor=self.actor), request, ids={"operating_entity": "operating_entity"}
        )
        return self.page(rows, StripeAccountSerializer, default="-opened", about=self._standings)

    def _standings(self, part: Sequence[StripeAccount]) -> dict[str, Any]:
        return {"standings": selectors.stripe_account_standings(part, actor=self.actor)}

    @extend_schema(
        operation_id="stripe_accounts_connect",
        request=NewStripeAccountSerializer,
        responses={201: StripeAccountSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Connect the account with which an operating entity is paid online."""
        given = self.read(NewStripeAccountSerializer, request)
        account = services.connect_stripe_account(actor=self.actor, **given)
        return Response(_told(self, account), status=201)


class StripeKeysView(HouseView):
    """The changing of the keys to an account at Stripe."""

    @extend_schema(
        operation_id="stripe_accounts_change_keys",
        request=StripeKeysSerializer,
        responses=StripeAccountSerializer,
    )
    @idempotent
    def post(self, request: Request, stripe_account_id: UUID) -> Response:
        """Replace keys to an account; the webhook secret before is taken for some hours more."""
        given = self.read(StripeKeysSerializer, request)
        account = services.change_stripe_keys(actor=self.actor, stripe_account_id=stripe_account_id, **given)
        return Response(_told(self, account))


class StripeAccountClosingView(HouseView):
    """The closing of an account at Stripe."""

    @extend_schema(
        operation_id="stripe_accounts_close", request=StripeClosingSerializer, responses=StripeAccountSerializer
    )
    @idempotent
    def post(self, request: Request, stripe_account_id: UUID) -> Response:
        """Begin no payment with an account any more; what is under way with it goes on."""
        given = self.read(StripeClosingSerializer, request)
        account = services.close_stripe_account(
            actor=self.actor, stripe_account_id=stripe_account_id, reason=given["reason"]
        )
        return Response(_told(self, account))


def _told(view: HouseView, account: StripeAccount) -> Any:
    standings = selectors.stripe_account_standings([account], actor=view.actor)
    return StripeAccountSerializer(account, context={"standings": standings}).data


class StripeEventsView(HouseView):
    """What Stripe tells us."""

    public = strangers_write = True
    # Nobody signs in here: it is the signature that tells who it is.
    authentication_classes = ()

    @extend_schema(
        operation_id="stripe_events_hear",
        request=OpenApiTypes.OBJECT,
        responses={204: None},
        auth=[],
    )
    def post(self, request: Request, stripe_account_id: UUID) -> Response:
        """Take an event that Stripe signed; it is kept, and Stripe is asked about the payment it is about."""
        try:
            services.hear_event(
                stripe_account_id=stripe_account_id,
                # Byte for byte: what was signed is not what reading and writing it again would give.
                body=request.body,
                signature=request.headers.get("Stripe-Signature", ""),
                clock=SystemClock(),
            )
        except ServiceRefused as refused:
            raise invalid("/", "bad_signature", str(refused)) from refused
        return Response(status=204)
