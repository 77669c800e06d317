"""How closes look on the wire. Micros are exact integers of up to 38 digits, so they travel as text."""

from typing import Any, Final

from rest_framework import serializers

from licensing.close import selectors
from licensing.close.models import (
    MICROS_DIGITS,
    Adjustment,
    CloseBucket,
    CloseRun,
    CloseShare,
    LicenceResult,
    PayeeResult,
    RejectedRow,
    Statement,
)
from licensing.close.totals.selectors import Background
from platform_core.api.sentences import StoredSentenceField
from platform_core.identity.models import User

NOT_ON_THE_SHEET: Final = {"prompted_by_id": None, "job_id": None, "message": "", "asked_by": None, "posted_by": None}
"""What of a close is answered to a step by those who see its approval sheet only."""


class MicrosField(serializers.DecimalField):
    """A whole number of millionths of the minor unit, or of units sold, however large; it is told as text."""

    def __init__(self) -> None:
        super().__init__(max_digits=MICROS_DIGITS, decimal_places=0)


class PersonSerializer(serializers.ModelSerializer[User]):
    """Somebody who took a step."""

    class Meta:
        model = User
        fields = ("id", "name")


class CloseRunSerializer(serializers.ModelSerializer[CloseRun]):
    """A close of a programme's period; amounts in minor units of its currency."""

    programme_code = serializers.CharField(source="programme.code")
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    terms_number = serializers.IntegerField(source="terms_version.number")
    asked_by = PersonSerializer(allow_null=True, help_text="who asked for the last calculation")
    calculated_by = PersonSerializer(allow_null=True, help_text="who asked for the results that are there")
    approved_by = PersonSerializer(allow_null=True)
    posted_by = PersonSerializer(allow_null=True)
    message = StoredSentenceField(help_text="why the last calculation failed or was rejected, in the reader's language")

    class Meta:
        model = CloseRun
        fields: tuple[str, ...] = (
            "id",
            "programme_id",
            "programme_code",
            "period",
            "first_month",
            "last_month",
            "number",
            "status",
            "terms_version_id",
            "terms_number",
            "corrects_id",
            "prompted_by_id",
            "calculation",
            "message",
            "job_id",
            "currency",
            "line_count",
            "bucket_count",
            "royalty_minor",
            "credit_minor",
            "due_minor",
            "distributed_minor",
            "engine_version",
            "results_sha256",
            "opened_at",
            "asked_by",
            "calculated_at",
            "calculated_by",
            "sent_back_reason",
            "approved_at",
            "approved_by",
            "posted_at",
            "posted_by",
        )


class CloseRunDetailSerializer(CloseRunSerializer):
    """A close with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")
    rejected = serializers.SerializerMethodField(help_text="rows rejected by the last calculation, per code")

    class Meta(CloseRunSerializer.Meta):
        fields = (*CloseRunSerializer.Meta.fields, "allowed_steps", "rejected")

    def get_allowed_steps(self, run: CloseRun) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        return selectors.allowed_steps(run, actor=self.context["actor"])

    def get_rejected(self, run: CloseRun) -> dict[str, int]:
        """Count the rejected rows."""
        return selectors.rejected_counts(run, actor=self.context["actor"])

    def to_representation(self, instance: CloseRun) -> dict[str, Any]:
        """Leave out what the approval sheet does not say, for those who see the sheet only."""
        document = super().to_representation(instance)
        if not selectors.sees_all_of(instance, actor=self.context["actor"]):
            document |= NOT_ON_THE_SHEET
        return document


class ApprovalSheetRowSerializer(serializers.ModelSerializer[CloseRun]):
    """What the approval sheet says of a close that waits for a second person; amounts in minor units."""

    programme_code = serializers.CharField(source="programme.code")
    programme_name = serializers.CharField(source="programme.name")
    terms_number = serializers.IntegerField(source="terms_version.number")
    calculated_by = PersonSerializer(allow_null=True)
    approved_by = PersonSerializer(allow_null=True)

    class Meta:
        model = CloseRun
        fields = (
            "id",
            "programme_code",
            "programme_name",
            "period",
            "number",
            "status",
            "terms_number",
            "currency",
            "line_count",
            "bucket_count",
            "royalty_minor",
            "credit_minor",
            "due_minor",
            "distributed_minor",
            "results_sha256",
            "calculated_at",
            "calculated_by",
            "approved_at",
            "approved_by",
        )


class CloseRunStartSerializer(serializers.Serializer[Any]):
    """Which programme and period to close."""

    programme_id = serializers.UUIDField()
    period = serializers.CharField(max_length=7, help_text="2025-03, 2025Q1, 2025H1 or 2025")


class CloseRunReturnSerializer(serializers.Serializer[Any]):
    """Why a calculated close is sent back."""

    reason = serializers.CharField(max_length=500)


class LicenceResultSerializer(serializers.ModelSerializer[LicenceResult]):
    """What a licence owes: royalty less credit, in minor units."""

    licence_code = serializers.CharField(source="licence.code")
    licensee = serializers.CharField(source="licence.licensee")

    class Meta:
        model = LicenceResult
        fields = (
            "id",
            "position",
            "licence_id",
            "licence_code",
            "licensee",
            "royalty_minor",
            "credit_minor",
            "due_minor",
        )


class PayeeResultSerializer(serializers.ModelSerializer[PayeeResult]):
    """What a payee is due, in minor units."""

    class Meta:
        model = PayeeResult
        fields = ("id", "position", "payee", "kind", "membership_id", "amount_minor")


class CloseBucketSerializer(serializers.ModelSerializer[CloseBucket]):
    """Royalty of all sales of a licence with the same product, countries, month and currency."""

    licence_code = serializers.CharField(source="licence.code")
    units = MicrosField()
    royalty_micros = MicrosField()
    billed_micros = MicrosField()

    class Meta:
        model = CloseBucket
        fields = (
            "id",
            "position",
            "licence_id",
            "licence_code",
            "product",
            "made_in",
            "sold_in",
            "month",
            "currency",
            "rate_id",
            "units",
            "royalty_micros",
            "billed_micros",
            "reason",
        )


class CloseShareSerializer(serializers.ModelSerializer[CloseShare]):
    """What a payee gets of a bucket."""

    micros = MicrosField()

    class Meta:
        model = CloseShare
        fields = ("id", "position", "bucket_id", "payee", "kind", "membership_id", "micros")


class RejectedRowSerializer(serializers.ModelSerializer[RejectedRow]):
    """One thing in the input for which a close could not be calculated."""

    message = StoredSentenceField(help_text="what is wrong and what to do about it, in the reader's language")

    class Meta:
        model = RejectedRow
        fields = ("id", "position", "file", "line", "column", "code", "value", "message", "report_id")


class StatementSerializer(serializers.ModelSerializer[Statement]):
    """What a member is due of a close, in minor units of the currency."""

    programme_id = serializers.UUIDField(source="run.programme_id")
    programme_code = serializers.CharField(source="run.programme.code")
    period = serializers.CharField(source="run.period")
    currency = serializers.CharField(source="run.currency")
    status = serializers.CharField(
        source="run.status", help_text="of the close; the statement stands once it is posted"
    )
    posted_at = serializers.DateTimeField(source="run.posted_at", allow_null=True)
    member_code = serializers.CharField(source="membership.code")
    member = serializers.CharField(source="membership.organisation")

    class Meta:
        model = Statement
        fields = (
            "id",
            "programme_id",
            "programme_code",
            "period",
            "currency",
            "status",
            "posted_at",
            "membership_id",
            "member_code",
            "member",
            "amount_minor",
            "held_minor",
        )


class StatementDetailSerializer(StatementSerializer):
    """What a member is due of a close, and whether some of it is estimated."""

    includes_estimates = serializers.SerializerMethodField(
        help_text="whether reports were estimated, to be trued up later; null where that would tell of one licensee"
    )

    class Meta:
        model = Statement
        fields = (*StatementSerializer.Meta.fields, "includes_estimates")

    def get_includes_estimates(self, statement: Statement) -> bool | None:
        """Return whether estimates are in it."""
        return selectors.told_estimates(
            statement.run,
            reader_id=statement.membership.organisation_id,
            background=Background(statement.run.programme),
        )


class ProductTotalSerializer(serializers.Serializer[Any]):
    """What came from one product, in micros of the minor unit, before the last rounding."""

    product = serializers.CharField()
    micros = serializers.CharField()


class StatementProductsSerializer(serializers.Serializer[Any]):
    """How a statement came about, by product."""

    products = ProductTotalSerializer(many=True)


class AdjustmentSerializer(serializers.ModelSerializer[Adjustment]):
    """What a posted correction adds to the close it corrects, for one licence or payee, in minor units."""

    period = serializers.CharField(source="run.period")
    currency = serializers.CharField(source="run.currency")
    corrects_id = serializers.UUIDField(source="run.corrects_id")
    licence_code = serializers.CharField(source="licence.code", allow_null=True, default=None)

    class Meta:
        model = Adjustment
        fields = (
            "id",
            "run_id",
            "corrects_id",
            "period",
            "currency",
            "position",
            "side",
            "licence_id",
            "licence_code",
            "payee",
            "membership_id",
            "royalty_minor",
            "credit_minor",
            "amount_minor",
        )
