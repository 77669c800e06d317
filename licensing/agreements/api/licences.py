"""Licences, their steps and their changes over HTTP."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.agreements import selectors, services
from licensing.agreements.models import Licence, LicenceChange, Standing
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class LicenceSerializer(serializers.ModelSerializer[Licence]):
    """A licence with everything about it, and the steps that lead on from its state."""

    licensee_name = serializers.CharField(source="licensee")
    renewal_ceiling_percent = serializers.DecimalField(
        max_digits=15,
        decimal_places=12,
        normalize_output=True,
        allow_null=True,
        read_only=True,
        help_text="by how much the rates of its renewal may rise at most; null: nothing was agreed",
    )
    allowed_steps = serializers.SerializerMethodField(help_text="edit, and what you may do with it now")

    class Meta:
        model = Licence
        fields = (
            "id",
            "programme_id",
            "terms_version_id",
            "code",
            "licensee_id",
            "licensee_name",
            "enterprise",
            "signed_on",
            "starts_on",
            "ends_on",
            "terminated_on",
            "standing",
            "option",
            "price_locked",
            "renewal_ceiling_percent",
            "renews_id",
            "state",
            "allowed_steps",
        )

    def get_allowed_steps(self, licence: Licence) -> list[str]:
        """List the steps that its reader may take now."""
        steps: list[str] = self.context["steps"][licence.pk]
        return steps


class LicenseeSerializer(serializers.ModelSerializer[Licence]):
    """That there is a licence: the licensee's name."""

    licensee_name = serializers.CharField(source="licensee")

    class Meta:
        model = Licence
        fields = ("id", "programme_id", "licensee_id", "licensee_name")


class LicenceDatesSerializer(serializers.ModelSerializer[Licence]):
    """A licence's licensee, and from when to when it is in force."""

    licensee_name = serializers.CharField(source="licensee")

    class Meta:
        model = Licence
        fields = ("id", "programme_id", "code", "licensee_id", "licensee_name", "starts_on", "ends_on")


def _price_locked() -> serializers.BooleanField:
    return serializers.BooleanField(
        required=False, help_text="keeps the price of the terms it is signed under; later versions may not change it"
    )


def _renewal_ceiling() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=15,
        decimal_places=12,
        required=False,
        allow_null=True,
        help_text="by how much the rates of its renewal may rise at most, 0 to 100",
    )


class NewLicenceSerializer(serializers.Serializer[Any]):
    """A licence to draft."""

    programme_id = serializers.UUIDField()
    code = serializers.CharField(max_length=200)
    licensee_id = serializers.UUIDField()
    enterprise = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="group; blank: the licensee by itself"
    )
    starts_on = serializers.DateField(required=False, allow_null=True, help_text="first day in force")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="last day in force")
    standing = serializers.ChoiceField(choices=Standing.choices, required=False)
    option = serializers.CharField(max_length=200, required=False, allow_blank=True)
    price_locked = _price_locked()
    renewal_ceiling_percent = _renewal_ceiling()
    renews_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="the earlier licence of the same licensee that it takes the place of"
    )


class LicenceEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a licence before it is signed."""

    enterprise = serializers.CharField(max_length=200, required=False, allow_blank=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    standing = serializers.ChoiceField(choices=Standing.choices, required=False)
    option = serializers.CharField(max_length=200, required=False, allow_blank=True)
    price_locked = _price_locked()
    renewal_ceiling_percent = _renewal_ceiling()


class SignatureSerializer(serializers.Serializer[Any]):
    """A licensee's signature; without a version, the terms in force that day were signed."""

    signed_on = serializers.DateField()
    terms_version_id = serializers.UUIDField(required=False, allow_null=True)


class PriceAgreementSerializer(serializers.Serializer[Any]):
    """What is agreed about the price of a signed licence; it takes the place of what was agreed before."""

    price_locked = serializers.BooleanField(
        help_text="keeps the price of the terms it was signed under; later versions may not change it"
    )
    renewal_ceiling_percent = _renewal_ceiling()


class CountersignatureSerializer(serializers.Serializer[Any]):
    """The countersignature; a first day given here replaces the drafted one."""

    starts_on = serializers.DateField(required=False, allow_null=True)


class LicenceChangeSerializer(serializers.ModelSerializer[LicenceChange]):
    """What changed with a licence from a month on; blank changed nothing."""

    licence_code = serializers.CharField(source="licence.code")
    month = serializers.DateField(format="%Y-%m")

    class Meta:
        model = LicenceChange
        fields = ("id", "licence_id", "licence_code", "month", "standing", "enterprise", "option")


class NewLicenceChangeSerializer(serializers.Serializer[Any]):
    """A change of a licence from a month on."""

    licence_id = serializers.UUIDField()
    month = serializers.DateField(input_formats=["%Y-%m"], help_text="such as 2025-04")
    standing = serializers.ChoiceField(choices=Standing.choices, required=False, allow_blank=True)
    enterprise = serializers.CharField(max_length=200, required=False, allow_blank=True)
    option = serializers.CharField(max_length=200, required=False, allow_blank=True)


_IDS = {"programme": "programme", "licensee": "licensee"}
_TEXTS = {"state": "state", "standing": "standing", "code": "code"}
_NAME_IDS = {"programme": "programme"}
_CHANGE_IDS = {"licence": "licence", "programme": "licence__programme"}


class LicencesView(HouseView):
    """Licences of which you may read everything."""

    orders = {"code": "code"}

    @extend_schema(
        operation_id="licences_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(LicenceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the licences of which you may read everything."""
        rows = filtered(selectors.licences(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(
            rows,
            LicenceSerializer,
            default="code",
            about=lambda part: {"steps": selectors.allowed_steps(part, actor=self.actor)},
        )

    @extend_schema(operation_id="licences_draft", request=NewLicenceSerializer, responses={201: LicenceSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Draft a licence."""
        given = self.read(NewLicenceSerializer, request)
        programme_id = given.pop("programme_id")
        drafted = services.draft_licence(
            actor=self.actor, programme_id=programme_id, licence=services.NewLicence(**given)
        )
        return answer_with_etag(request, _licence(self, drafted), status=201)


class LicenceView(HouseView):
    """One licence."""

    @extend_schema(operation_id="licences_read", responses=LicenceSerializer)
    def get(self, request: Request, licence_id: UUID) -> Response:
        """Read a licence."""
        return answer_with_etag(request, _licence(self, selectors.get_licence(licence_id, actor=self.actor)))

    @extend_schema(operation_id="licences_edit", request=LicenceEditsSerializer, responses=LicenceSerializer)
    def patch(self, request: Request, licence_id: UUID) -> Response:
        """Change a licence that is not signed yet; what is left out stays."""
        return self.edit(
            request,
            LicenceEditsSerializer,
            present=lambda: selectors.get_licence(licence_id, actor=self.actor, for_change=True),
            change=partial(services.edit_licence, actor=self.actor, licence_id=licence_id),
            represent=lambda found: _licence(self, found),
        )


class LicenseesView(HouseView):
    """Who has a licence."""

    public = True
    # By nothing else: the order of the codes is not for everybody to see.
    orders = {"id": "id"}

    @extend_schema(
        operation_id="licensees_list", parameters=parameters_of(ids=_NAME_IDS), responses=page_of(LicenseeSerializer)
    )
    def get(self, request: Request) -> Response:
        """List who has a licence; of launched programmes this is public."""
        rows = filtered(selectors.licence_names(actor=self.actor), request, ids=_NAME_IDS)
        return self.page(rows, LicenseeSerializer, default="id")


class LicenceDatesView(HouseView):
    """Who has a licence from when to when."""

    orders = {"code": "code"}

    @extend_schema(
        operation_id="licence_dates_list",
        parameters=parameters_of(ids=_NAME_IDS),
        responses=page_of(LicenceDatesSerializer),
    )
    def get(self, request: Request) -> Response:
        """List who has a licence from when to when, in the alliances you take part in."""
        rows = filtered(selectors.licence_dates(actor=self.actor), request, ids=_NAME_IDS)
        return self.page(rows, LicenceDatesSerializer, default="code")


class LicenceSendingView(HouseView):
    """The sending of a licence for signature."""

    @extend_schema(operation_id="licences_send", request=None, responses=LicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Send a drafted licence to the licensee for signature."""
        return Response(_licence(self, services.send_licence(actor=self.actor, licence_id=licence_id)))


class LicenceSignatureView(HouseView):
    """A licensee's signature."""

    @extend_schema(operation_id="licences_sign", request=SignatureSerializer, responses=LicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Record the licensee's signature and the terms that were signed."""
        given = self.read(SignatureSerializer, request)
        return Response(_licence(self, services.sign_licence(actor=self.actor, licence_id=licence_id, **given)))


class LicencePriceView(HouseView):
    """What is agreed about the price of a licence."""

    @extend_schema(
        operation_id="licences_agree_on_price", request=PriceAgreementSerializer, responses=LicenceSerializer
    )
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Record whether a signed licence keeps its price, and how far the rates of its renewal may rise."""
        given = self.read(PriceAgreementSerializer, request)
        agreed = services.agree_on_price(actor=self.actor, licence_id=licence_id, **given)
        return Response(_licence(self, agreed))


class LicenceCountersignatureView(HouseView):
    """The countersignature of a licence."""

    @extend_schema(operation_id="licences_countersign", request=CountersignatureSerializer, responses=LicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Countersign a signed licence, which puts it in force."""
        given = self.read(CountersignatureSerializer, request)
        done = services.countersign_licence(actor=self.actor, licence_id=licence_id, **given)
        return Response(_licence(self, done))


class LicenceResumptionView(HouseView):
    """The end of a suspension."""

    @extend_schema(operation_id="licences_resume", request=None, responses=LicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Put a suspended licence in force again."""
        return Response(_licence(self, services.resume_licence(actor=self.actor, licence_id=licence_id)))


class LicenceExpiryView(HouseView):
    """The expiry of a licence."""

    @extend_schema(operation_id="licences_expire", request=None, responses=LicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Record that a licence's last day has passed."""
        return Response(_licence(self, services.expire_licence(actor=self.actor, licence_id=licence_id)))


class LicenceCancellationView(HouseView):
    """The giving up of a licence that never came into force."""

    @extend_schema(operation_id="licences_cancel", request=None, responses=LicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Give up a licence that never came into force."""
        return Response(_licence(self, services.cancel_licence(actor=self.actor, licence_id=licence_id)))


def _licence(view: HouseView, licence: Licence) -> dict[str, Any]:
    steps = selectors.allowed_steps([licence], actor=view.actor)
    return dict(LicenceSerializer(licence, context={"steps": steps}).data)


class LicenceChangesView(HouseView):
    """Changes of licences."""

    orders = {"month": "month"}

    @extend_schema(
        operation_id="licence_changes_list",
        parameters=parameters_of(ids=_CHANGE_IDS),
        responses=page_of(LicenceChangeSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the changes of licences you may see, the latest month first."""
        rows = filtered(selectors.licence_changes(actor=self.actor), request, ids=_CHANGE_IDS)
        return self.page(rows, LicenceChangeSerializer, default="-month")

    @extend_schema(
        operation_id="licence_changes_record",
        request=NewLicenceChangeSerializer,
        responses={201: LicenceChangeSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record a change of a licence from a month on."""
        change = services.NewChange(**self.read(NewLicenceChangeSerializer, request))
        recorded = services.record_licence_change(actor=self.actor, change=change)
        return Response(LicenceChangeSerializer(recorded).data, status=201)


class LicenceChangeView(HouseView):
    """One change of a licence."""

    @extend_schema(operation_id="licence_changes_withdraw", responses={204: None})
    def delete(self, request: Request, change_id: UUID) -> Response:
        """Take back a change that was recorded in error."""
        services.withdraw_licence_change(actor=self.actor, change_id=change_id)
        return Response(status=204)
