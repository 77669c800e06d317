"""What audits are said to be, over HTTP."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from licensing.agreements.interest import InterestKind
from licensing.audits import selectors, services
from licensing.audits.calculation import Measure, Reaches
from licensing.audits.models import Audit, AuditClause, AuditFinding, AuditReversal
from licensing.audits.policies import CANCEL_AUDIT
from platform_core.access.kernel import can
from platform_core.identity.models import Language


def reading_language() -> Language:
    """Return the language of the reader."""
    return Language.CHINESE if (get_language() or "en").startswith("zh") else Language.ENGLISH


class AuditClauseSerializer(serializers.ModelSerializer[AuditClause]):
    """What a licence says of audits from a day on."""

    licence_code = serializers.CharField(source="licence.code")
    licensee_id = serializers.UUIDField(source="licence.licensee_id")
    licensee_name = serializers.CharField(source="licence.licensee")
    threshold_percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)
    threshold_reaches = serializers.ChoiceField(choices=[(each.value, each.value) for each in Reaches])
    threshold_measure = serializers.ChoiceField(choices=[(each.value, each.value) for each in Measure])
    interest_kind = serializers.ChoiceField(
        choices=[("", "")] + [(each.value, each.value) for each in InterestKind], help_text="blank: no interest"
    )
    interest_percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)

    class Meta:
        model = AuditClause
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "licensee_id",
            "licensee_name",
            "from_on",
            "stands_in",
            "notice_days",
            "look_back_years",
            "months_between",
            "threshold_percent",
            "threshold_reaches",
            "threshold_measure",
            "nets",
            "interest_kind",
            "interest_percent",
            "interest_year_days",
            "payment_days",
            "answer_days",
            "replaces_id",
            "reason",
            "recorded_at",
            "confirmed_at",
            "replaced_at",
            "withdrawn_at",
            "withdrawn_reason",
        )


class RecordedAuditClauseSerializer(AuditClauseSerializer):
    """A clause with what you may do with it: the context has the steps of each."""

    allowed_steps = serializers.SerializerMethodField(help_text="confirm, withdraw or replace, as you may now")

    class Meta:
        model = AuditClause
        fields = (*AuditClauseSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, clause: AuditClause) -> list[str]:
        """List what the reader may do with it now."""
        steps: list[str] = self.context["steps"].get(clause.pk, [])
        return steps


class NewAuditClauseSerializer(serializers.Serializer[Any]):
    """What a licence says of audits, as it stands in the contract."""

    licence_id = serializers.UUIDField()
    from_on = serializers.DateField(help_text="first day of the notices it holds for")
    stands_in = serializers.CharField(max_length=200, help_text="where in the contract it stands")
    notice_days = serializers.IntegerField(min_value=0, max_value=366)
    look_back_years = serializers.IntegerField(min_value=1, max_value=20)
    months_between = serializers.IntegerField(min_value=0, max_value=120)
    threshold_percent = serializers.DecimalField(max_digits=9, decimal_places=6)
    threshold_reaches = serializers.ChoiceField(choices=[(each.value, each.value) for each in Reaches])
    threshold_measure = serializers.ChoiceField(choices=[(each.value, each.value) for each in Measure])
    nets = serializers.BooleanField(required=False, default=True)
    interest_kind = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in InterestKind], required=False, allow_null=True
    )
    interest_percent = serializers.DecimalField(max_digits=9, decimal_places=6, required=False)
    interest_year_days = serializers.ChoiceField(choices=[(365, "365"), (360, "360")], required=False)
    payment_days = serializers.IntegerField(min_value=0, max_value=366)
    answer_days = serializers.IntegerField(
        min_value=0, max_value=366, required=False, default=30, help_text="days the licensee has to answer findings"
    )
    replaces_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="the confirmed clause that was recorded wrongly"
    )
    reason = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="why it takes the place of another"
    )


class LicenseeAuditSerializer(serializers.ModelSerializer[Audit]):
    """An audit of a licensee, as far as it has come."""

    licence_code = serializers.CharField(source="licence.code")
    programme_id = serializers.UUIDField(source="licence.programme_id")
    licensee_id = serializers.UUIDField(source="licence.licensee_id")
    licensee_name = serializers.CharField(source="licence.licensee")
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    auditor_name = serializers.CharField(source="auditor.user.name")
    auditor_organisation_id = serializers.UUIDField(source="auditor.organisation_id")
    auditor_organisation_name = serializers.CharField(source="auditor.organisation")
    auditor_organisation_name_zh = serializers.CharField(source="auditor.organisation.name_zh")
    auditor_organisation_name_en = serializers.CharField(source="auditor.organisation.name_en")

    class Meta:
        model = Audit
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "programme_id",
            "licensee_id",
            "licensee_name",
            "number",
            "first_month",
            "last_month",
            "reason",
            "state",
            "auditor_name",
            "auditor_organisation_id",
            "auditor_organisation_name",
            "auditor_organisation_name_zh",
            "auditor_organisation_name_en",
            "proposed_at",
            "noticed_on",
            "access_from_on",
            "access_ends_on",
        )


class LicenseeAuditDetailSerializer(LicenseeAuditSerializer):
    """An audit with its clause, what it comes to, and what you may do with it."""

    clause = AuditClauseSerializer()
    charge_month = serializers.DateField(format="%Y-%m", allow_null=True)
    shortfall_percent = serializers.SerializerMethodField(
        help_text="the shortfall as a percentage of what the clause measures it by, to four places"
    )
    undertaking_text = serializers.SerializerMethodField(
        help_text="what the auditor undertakes: the words that were read, or those that are to be"
    )
    cancel_asked_at = serializers.SerializerMethodField(help_text="for finance: when a colleague asked to cancel it")
    cancelled_reason = serializers.SerializerMethodField(help_text="why it was, or for finance is asked to be")
    reversal_proposed_at = serializers.SerializerMethodField(
        help_text="for finance: when a colleague proposed to take back what it charged, and nobody decided yet"
    )
    reversal_reason = serializers.SerializerMethodField(
        help_text="why what it charged was taken back, or for finance is proposed to be"
    )
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta:
        model = Audit
        fields = (
            *LicenseeAuditSerializer.Meta.fields,
            "clause",
            "undertaken_at",
            "undertaking_text",
            "handed_in_at",
            "answer_until_on",
            "sent_back_reason",
            "is_accepted",
            "answer",
            "answered_at",
            "currency",
            "cost_minor",
            "interest_until_on",
            "charge_month",
            "paid_minor",
            "due_minor",
            "shortfall_minor",
            "shortfall_percent",
            "minimum_minor",
            "billed_minor",
            "charged_minor",
            "interest_minor",
            "is_cost_shifted",
            "calculated_at",
            "settled_at",
            "cancel_asked_at",
            "cancelled_at",
            "cancelled_reason",
            "reversed_at",
            "reversal_proposed_at",
            "reversal_reason",
            "allowed_steps",
        )

    def get_shortfall_percent(self, audit: Audit) -> str | None:
        """Return how large the shortfall is."""
        return selectors.shortfall_percent(audit)

    def get_undertaking_text(self, audit: Audit) -> str:
        """Return the undertaking."""
        return audit.undertaking or services.undertaking_of(audit, reading_language())

    def get_cancel_asked_at(self, audit: Audit) -> datetime | None:
        """Return when a colleague asked to cancel it, to those who decide that."""
        return audit.cancel_asked_at if self._is_finance(audit) else None

    def get_cancelled_reason(self, audit: Audit) -> str:
        """Return why it was cancelled; before that it is between those who decide it."""
        return audit.cancelled_reason if audit.cancelled_at is not None or self._is_finance(audit) else ""

    def get_reversal_proposed_at(self, audit: Audit) -> datetime | None:
        """Return when a colleague proposed to reverse it, to those who decide that."""
        waiting = self._waiting_reversal(audit)
        return None if waiting is None else waiting.proposed_at

    def get_reversal_reason(self, audit: Audit) -> str:
        """Return why it was reversed; before that it is between those who decide it."""
        known = self._waiting_reversal(audit) if audit.reversed_at is None else selectors.confirmed_reversal(audit)
        return "" if known is None else known.reason

    def _waiting_reversal(self, audit: Audit) -> AuditReversal | None:
        return selectors.waiting_reversal(audit) if self._is_finance(audit) else None

    def _is_finance(self, audit: Audit) -> bool:
        return can(self.context["actor"], CANCEL_AUDIT, audit)

    def get_allowed_steps(self, audit: Audit) -> list[str]:
        """List what the reader may do now."""
        return selectors.allowed_steps(audit, actor=self.context["actor"])


class AuditFindingSerializer(serializers.ModelSerializer[AuditFinding]):
    """What was reported and found of one period and product."""

    difference_units = serializers.SerializerMethodField()
    difference_minor = serializers.SerializerMethodField()

    class Meta:
        model = AuditFinding
        fields = (
            "id",
            "period",
            "product",
            "due_on",
            "reported_units",
            "found_units",
            "difference_units",
            "reported_minor",
            "found_minor",
            "difference_minor",
            "cause",
            "billed_minor",
            "billed_on",
        )

    def get_difference_units(self, finding: AuditFinding) -> int:
        """Return what was found beyond what was reported."""
        return finding.found_units - finding.reported_units

    def get_difference_minor(self, finding: AuditFinding) -> int:
        """Return what is due beyond what was billed."""
        return finding.found_minor - finding.reported_minor


class NewLicenseeAuditSerializer(serializers.Serializer[Any]):
    """An audit to propose."""

    licence_id = serializers.UUIDField()
    first_month = serializers.DateField(help_text="first day of the first month, such as 2025-01-01")
    last_month = serializers.DateField(help_text="first day of the last month")
    auditor_seat_id = serializers.UUIDField(help_text="the seat of the outside auditor")
    reason = serializers.CharField(max_length=500, help_text="the licensee reads it in the notice")


class AuditAccessSerializer(serializers.Serializer[Any]):
    """Until when an auditor has access."""

    access_ends_on = serializers.DateField(help_text="first day without access")


class NewAuditFindingSerializer(serializers.Serializer[Any]):
    """What was found of a period and product."""

    period = serializers.CharField(max_length=7, help_text="2025-03, 2025Q1, 2025H1 or 2025")
    product = serializers.CharField(max_length=200)
    found_units = serializers.IntegerField(min_value=0)
    found_minor = serializers.IntegerField(min_value=0, help_text="what is due, in minor units")
    cause = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class AuditAnswerSerializer(serializers.Serializer[Any]):
    """What the licensee says of the findings."""

    accept = serializers.BooleanField()
    answer = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class AuditReturnSerializer(serializers.Serializer[Any]):
    """Why findings go back to the auditor, and until when it has access again."""

    reason = serializers.CharField(max_length=500)
    access_ends_on = serializers.DateField()


class AuditOutcomeSerializer(serializers.Serializer[Any]):
    """What goes into an outcome besides the findings."""

    cost_minor = serializers.IntegerField(min_value=0, help_text="what the audit cost, in minor units")
    interest_until_on = serializers.DateField()
    charge_month = serializers.DateField(help_text="first day of the month whose close bills it")


class AuditReasonSerializer(serializers.Serializer[Any]):
    """Why an audit is ended."""

    reason = serializers.CharField(max_length=500)
