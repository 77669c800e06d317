"""Licences that were taken by notice, and the money under them, as they stand in answers and requests."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.dealings.models import RecordalResult
from licensing.openlicences import selectors
from licensing.openlicences.models import (
    OpenLicence,
    OpenPayment,
    OpenStatement,
    PriceScheme,
    RoyaltyBase,
)

_LARGEST = 10**15


class OpenLicenceLineSerializer(serializers.ModelSerializer[OpenLicence]):
    """A licence under a declaration as it stands in a list of one of its sides."""

    licensee_name = serializers.CharField(source="licensee")
    owner_id = serializers.UUIDField(source="declaration.owner_id")
    owner_name = serializers.CharField(source="declaration.owner")
    publication = serializers.CharField(source="declaration.patent.publication")
    title = serializers.CharField(source="declaration.patent.title")
    office_answer = serializers.ChoiceField(
        source="recordal_result", choices=RecordalResult.choices, allow_blank=True, help_text="blank: none yet"
    )

    class Meta:
        model = OpenLicence
        fields = (
            "id",
            "declaration_id",
            "number",
            "owner_id",
            "owner_name",
            "licensee_id",
            "licensee_name",
            "publication",
            "title",
            "state",
            "noticed_on",
            "in_force_from",
            "ends_on",
            "recordal_due_on",
            "recordal_filed_on",
            "office_answer",
        )


class OpenStatementSerializer(serializers.ModelSerializer[OpenStatement]):
    """What a licensee stated that it used in a period."""

    rate_percent = serializers.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        model = OpenStatement
        fields = (
            "id",
            "period_from",
            "period_to",
            "base_minor",
            "rate_percent",
            "royalty_minor",
            "due_on",
            "document_id",
            "replaces_id",
            "stated_at",
        )


class OpenPaymentSerializer(serializers.ModelSerializer[OpenPayment]):
    """A payment that a licensee advised, and what the owner says to it."""

    class Meta:
        model = OpenPayment
        fields = (
            "id",
            "period_from",
            "amount_minor",
            "paid_on",
            "proof_id",
            "received_on",
            "receipt_id",
            "contested_on",
            "contest_reason",
        )


class OpenDueSerializer(serializers.Serializer[Any]):
    """What is owed by a day, and how far that is settled."""

    period_from = serializers.DateField(source="period.first", allow_null=True, default=None)
    period_to = serializers.DateField(source="period.last", allow_null=True, default=None)
    due_on = serializers.DateField()
    amount_minor = serializers.IntegerField(allow_null=True, help_text="null: not stated yet")
    advised_minor = serializers.IntegerField()
    received_minor = serializers.IntegerField()
    due_standing = serializers.ChoiceField(source="standing", choices=["to_state", "open", "advised", "received"])
    statement = OpenStatementSerializer(allow_null=True)


class OpenLicenceSerializer(OpenLicenceLineSerializer):
    """A licence under a declaration, whole, for one of its sides."""

    currency = serializers.CharField(source="declaration.currency")
    scheme = serializers.ChoiceField(source="declaration.scheme", choices=PriceScheme.choices)
    base = serializers.ChoiceField(source="declaration.base", choices=RoyaltyBase.choices, allow_blank=True)
    rate_percent = serializers.DecimalField(
        source="declaration.rate_percent", max_digits=7, decimal_places=4, allow_null=True
    )
    dues = serializers.SerializerMethodField()
    payments = serializers.SerializerMethodField()
    allowed_steps = serializers.SerializerMethodField(
        help_text="give, cancel, end, lapse, contest entry, show evidence, withdraw entry, acknowledge, state, "
        "advise payment, confirm payment, record recordal"
    )

    class Meta(OpenLicenceLineSerializer.Meta):
        fields = (  # type: ignore[assignment]  # many more
            *OpenLicenceLineSerializer.Meta.fields,
            "from_paper",
            "letter_id",
            "letter_sha256",
            "sum_minor",
            "sum_due_on",
            "end_reason",
            "lapsed_on",
            "contested_on",
            "contest_reason",
            "evidence_id",
            "evidence_note",
            "evidence_on",
            "acknowledged_on",
            "entry_withdrawn_on",
            "recordal_rule",
            "recordal_result_on",
            "recordal_number",
            "currency",
            "scheme",
            "base",
            "rate_percent",
            "dues",
            "payments",
            "allowed_steps",
        )

    @extend_schema_field(OpenDueSerializer(many=True))
    def get_dues(self, licence: OpenLicence) -> Any:
        """List what is due up to today."""
        return OpenDueSerializer(selectors.dues(licence, actor=self.context["actor"]), many=True).data

    @extend_schema_field(OpenPaymentSerializer(many=True))
    def get_payments(self, licence: OpenLicence) -> Any:
        """List the payments."""
        rows = OpenPayment.objects.visible_to(self.context["actor"]).filter(licence=licence)
        return OpenPaymentSerializer(rows.order_by("paid_on", "pk"), many=True).data

    def get_allowed_steps(self, licence: OpenLicence) -> list[str]:
        """Say what the reader may do with it."""
        return selectors.licence_steps(licence, actor=self.context["actor"])


class NewOpenNoticeSerializer(serializers.Serializer[Any]):
    """A notice to prepare: the own organisation's, or one that came to the owner on paper."""

    licensee_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="whose notice came on paper; for the owner alone"
    )


class OpenNoticeSerializer(serializers.Serializer[Any]):
    """The written notice."""

    letter_id = serializers.UUIDField(help_text="a paper of the licence")
    noticed_on = serializers.DateField(
        required=False, allow_null=True, help_text="when a letter came on paper; otherwise today"
    )


class OpenEndSerializer(serializers.Serializer[Any]):
    """The end of a licence that its licensee gives up, and why."""

    ends_on = serializers.DateField(help_text="last day in force")
    reason = serializers.CharField(max_length=500)


class OpenEvidenceSerializer(serializers.Serializer[Any]):
    """What shows that a contested letter is the firm's."""

    document_id = serializers.UUIDField(help_text="a paper of the licence")
    note = serializers.CharField(max_length=500, help_text="what it shows")


class NewOpenStatementSerializer(serializers.Serializer[Any]):
    """What was used in a period that is over."""

    period_from = serializers.DateField()
    base_minor = serializers.IntegerField(min_value=0, max_value=_LARGEST)
    document_id = serializers.UUIDField(help_text="a paper of the licence")


class NewOpenPaymentSerializer(serializers.Serializer[Any]):
    """A payment to advise."""

    amount_minor = serializers.IntegerField(min_value=1, max_value=_LARGEST)
    paid_on = serializers.DateField()
    document_id = serializers.UUIDField(help_text="its proof, a paper of the licence")
    period_from = serializers.DateField(
        required=False, allow_null=True, help_text="the period that is paid; none: the sum after the notice"
    )


class OpenReceiptSerializer(serializers.Serializer[Any]):
    """That a payment came."""

    received_on = serializers.DateField()
    document_id = serializers.UUIDField(help_text="what shows it, a paper of the licence")


class OpenContestSerializer(serializers.Serializer[Any]):
    """That a notice on paper is not one's own, or a payment did not come, and why one says so."""

    reason = serializers.CharField(max_length=500)


class OpenRecordalSerializer(serializers.Serializer[Any]):
    """The filing of a recordal, and its result once that is there."""

    filed_on = serializers.DateField()
    office_answer = serializers.ChoiceField(choices=RecordalResult.choices, required=False, allow_null=True)
    result_on = serializers.DateField(required=False, allow_null=True)
    number = serializers.CharField(max_length=40, required=False, allow_blank=True)
