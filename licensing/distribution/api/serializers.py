"""How distributions look on the wire; amounts are in minor units of the distribution's currency."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.close.api.serializers import PersonSerializer
from licensing.distribution import selectors
from licensing.distribution.breakdowns.calculation import Unshown
from licensing.distribution.calculation import Untold
from licensing.distribution.exchange.selectors import conversions
from licensing.distribution.lifecycle import MemberInvoiceState
from licensing.distribution.models import (
    Conversion,
    DistributionItem,
    DistributionPart,
    DistributionRun,
    DistributionShare,
    Objection,
    PayoutTerms,
    Withholding,
)
from licensing.distribution.withholding.selectors import withholdings
from platform_core.access.actors import Actor
from platform_core.api.sentences import StoredSentenceField


class DistributionRunSerializer(serializers.ModelSerializer[DistributionRun]):
    """A distribution of what a programme received."""

    programme_code = serializers.CharField(source="programme.code")
    asked_by = PersonSerializer(allow_null=True, help_text="who asked for the last calculation")
    calculated_by = PersonSerializer(allow_null=True, help_text="who asked for the results that are there")
    reviewed_by = PersonSerializer(allow_null=True)
    approved_by = PersonSerializer(allow_null=True)
    released_by = PersonSerializer(allow_null=True)
    message = StoredSentenceField(help_text="why the last calculation failed, in the reader's language")
    periods = serializers.ListField(child=serializers.CharField(), help_text="those of which something is new")

    class Meta:
        model = DistributionRun
        fields: tuple[str, ...] = (
            "id",
            "programme_id",
            "programme_code",
            "number",
            "through_on",
            "currency",
            "status",
            "calculation",
            "message",
            "job_id",
            "periods",
            "total_minor",
            "opened_at",
            "asked_by",
            "calculated_at",
            "calculated_by",
            "reviewed_at",
            "reviewed_by",
            "review",
            "sent_back_reason",
            "approved_at",
            "approved_by",
            "released_at",
            "released_by",
            "objections_until",
            "closed_at",
            "fingerprint",
        )


class DistributionRunDetailSerializer(DistributionRunSerializer):
    """A distribution with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")
    payer_count = serializers.SerializerMethodField(
        help_text="licensees whose money is new in it; of fewer than three the total tells what they paid"
    )

    class Meta(DistributionRunSerializer.Meta):
        fields = (*DistributionRunSerializer.Meta.fields, "allowed_steps", "payer_count")

    def get_allowed_steps(self, run: DistributionRun) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        return selectors.allowed_steps(run, actor=self.context["actor"])

    @extend_schema_field({"type": ["integer", "null"]})
    def get_payer_count(self, run: DistributionRun) -> int | None:
        """Count the licensees who paid what is new."""
        return selectors.payer_count(run, actor=self.context["actor"])


class DistributionStartSerializer(serializers.Serializer[Any]):
    """Of which programme to distribute what, by the end of which day."""

    programme_id = serializers.UUIDField()
    through_on = serializers.DateField(help_text="money that arrived by the end of this day takes part")


class DistributionReviewSerializer(serializers.Serializer[Any]):
    """What a review found."""

    review = serializers.CharField(max_length=500)


class DistributionReturnSerializer(serializers.Serializer[Any]):
    """Why a distribution is sent back."""

    reason = serializers.CharField(max_length=500)


class DistributionPartSerializer(serializers.ModelSerializer[DistributionPart]):
    """A period of which money was received."""

    close_number = serializers.IntegerField(source="close_run.number")
    new_minor = serializers.SerializerMethodField(help_text="what this distribution gives out of it")

    class Meta:
        model = DistributionPart
        fields = (
            "id",
            "period",
            "close_run_id",
            "close_number",
            "received_minor",
            "used_minor",
            "before_minor",
            "new_minor",
        )

    def get_new_minor(self, part: DistributionPart) -> int:
        """Return what is new."""
        return part.used_minor - part.before_minor


class _PayeeSerializer(serializers.ModelSerializer[Any]):
    member = serializers.CharField(source="membership.organisation", allow_null=True, default=None)


class DistributionShareSerializer(_PayeeSerializer):
    """What a payee gets of one period."""

    period = serializers.CharField(source="part.period")

    class Meta:
        model = DistributionShare
        fields = (
            "id",
            "part_id",
            "period",
            "payee",
            "kind",
            "membership_id",
            "member",
            "cumulative_minor",
            "before_minor",
            "amount_minor",
        )


class DistributionItemSerializer(_PayeeSerializer):
    """What a payee gets over all periods."""

    class Meta:
        model = DistributionItem
        fields = ("id", "payee", "kind", "membership_id", "member", "opening_minor", "amount_minor", "tax_minor")
        read_only_fields = ("tax_minor",)


class DistributionStatementSerializer(_PayeeSerializer):
    """A payee's statement of a distribution."""

    programme_id = serializers.UUIDField(source="run.programme_id")
    programme_code = serializers.CharField(source="run.programme.code")
    number = serializers.IntegerField(source="run.number")
    status = serializers.CharField(
        source="run.status", help_text="of the distribution; the statement stands once it is released"
    )
    currency = serializers.CharField(source="run.currency")
    through_on = serializers.DateField(source="run.through_on")
    periods = serializers.ListField(child=serializers.CharField(), source="run.periods")
    released_at = serializers.DateTimeField(source="run.released_at", allow_null=True)
    objections_until = serializers.DateField(source="run.objections_until", allow_null=True)
    fingerprint = serializers.CharField(
        source="run.fingerprint", allow_blank=True, help_text="SHA-256 of what the distribution published"
    )
    net_minor = serializers.IntegerField(read_only=True, help_text="the amount less the tax withheld")
    closing_minor = serializers.IntegerField(read_only=True, help_text="what stood on the account after the release")
    proof_withheld = serializers.ChoiceField(
        choices=[why.value for why in Untold],
        allow_blank=True,
        help_text="why there is no proof for its payee; blank: there is, once it is released",
    )

    class Meta:
        model = DistributionItem
        fields: tuple[str, ...] = (
            "id",
            "programme_id",
            "programme_code",
            "number",
            "status",
            "currency",
            "through_on",
            "periods",
            "released_at",
            "objections_until",
            "payee",
            "kind",
            "membership_id",
            "member",
            "opening_minor",
            "amount_minor",
            "tax_minor",
            "net_minor",
            "closing_minor",
            "fingerprint",
            "proof_withheld",
        )

        read_only_fields = ("tax_minor",)


class StatementInvoiceSerializer(serializers.Serializer[Any]):
    """The tax invoice that a member gives for a statement's share."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=MemberInvoiceState.choices)
    waiver_reason = serializers.CharField(allow_blank=True, help_text="why it is to be, or was, waived")


class StatementWithholdingSerializer(serializers.ModelSerializer[Withholding]):
    """How the tax withheld from a statement's share is worked out, rounded once to a minor unit."""

    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)
    is_by_treaty = serializers.SerializerMethodField()

    class Meta:
        model = Withholding
        fields = ("id", "country", "set_off_minor", "base_minor", "percent", "is_by_treaty", "tax_minor")
        read_only_fields = ("set_off_minor",)

    def get_is_by_treaty(self, row: Withholding) -> bool:
        """Say whether a treaty lowered the rate."""
        return row.relief_id is not None


class StatementConversionSerializer(serializers.ModelSerializer[Conversion]):
    """What of a balance was converted to the currency it is paid in, at which rate of which day, and whose."""

    rate = serializers.DecimalField(max_digits=30, decimal_places=12, normalize_output=True)
    rate_source = serializers.CharField(source="sheet.name")

    class Meta:
        model = Conversion
        fields = (
            "id",
            "source_currency",
            "source_minor",
            "target_currency",
            "target_minor",
            "rate",
            "rate_on",
            "rate_source",
            "made_of",
            "confirmed_at",
        )


class BreakdownCellSerializer(serializers.Serializer[Any]):
    """Products and countries told together, and what of the amount comes from them."""

    products = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(
        child=serializers.CharField(allow_blank=True), help_text="a blank one is that of minimums and charges"
    )
    amount_minor = serializers.IntegerField()


class StatementBreakdownSerializer(serializers.Serializer[Any]):
    """What a statement's amount is made of by product and country, settled when it was released."""

    covers = serializers.ListField(
        child=serializers.IntegerField(), help_text="the distributions whose amounts it is of, in all"
    )
    cells = BreakdownCellSerializer(many=True)
    others_minor = serializers.IntegerField(
        allow_null=True, help_text="what is told in one sum, since its parts would tell of too few"
    )
    unshown = serializers.ChoiceField(
        source="why",
        choices=[why.value for why in Unshown],
        allow_null=True,
        help_text="why nothing is told",
    )


def told_breakdown(item: DistributionItem, *, actor: Actor) -> dict[str, Any] | None:
    """Return what a statement's amount is made of as it goes over the wire, as far as its reader may know it."""
    found = selectors.breakdown_of(item, actor=actor)
    if found is None:
        return None
    told = {"covers": [], "cells": [], "others_minor": None, "why": None, **found}
    return dict(StatementBreakdownSerializer(told).data)


class CloseBehindSerializer(serializers.Serializer[Any]):
    """The statement of a close that the amount is of."""

    period = serializers.CharField(source="run.period")
    statement_id = serializers.UUIDField(source="pk")


class DistributionStatementDetailSerializer(DistributionStatementSerializer):
    """A statement with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="what you may do now: object, take proof")
    tax_invoice = serializers.SerializerMethodField(help_text="the member's tax invoice that its payment waits for")
    withholding = serializers.SerializerMethodField(help_text="how the tax withheld is worked out")
    conversions = serializers.SerializerMethodField(help_text="what of the balance was converted to be paid")
    breakdown = serializers.SerializerMethodField(
        help_text="the amount by product and country; null: nothing is new, or it was released before this was told"
    )
    closes = serializers.SerializerMethodField(help_text="the closes' statements, which explain it to the patents")

    class Meta(DistributionStatementSerializer.Meta):
        fields = (
            *DistributionStatementSerializer.Meta.fields,
            "allowed_steps",
            "tax_invoice",
            "withholding",
            "conversions",
            "breakdown",
            "closes",
        )

    @extend_schema_field(StatementBreakdownSerializer(allow_null=True))
    def get_breakdown(self, item: DistributionItem) -> dict[str, Any] | None:
        """Return what the amount is made of, as far as the reader may know it."""
        return told_breakdown(item, actor=self.context["actor"])

    @extend_schema_field(CloseBehindSerializer(many=True))
    def get_closes(self, item: DistributionItem) -> list[dict[str, Any]]:
        """Return the statements of the closes behind it that the reader may see."""
        found = selectors.closes_behind(item, actor=self.context["actor"])
        return list(CloseBehindSerializer(found, many=True).data)

    @extend_schema_field(StatementInvoiceSerializer(allow_null=True))
    def get_tax_invoice(self, item: DistributionItem) -> dict[str, Any] | None:
        """Return the tax invoice that is asked for, where the reader may see it."""
        found = selectors.member_invoices(actor=self.context["actor"]).filter(item=item).first()
        if found is None:
            return None
        return {"id": str(found.pk), "state": found.state, "waiver_reason": found.waiver_reason}

    @extend_schema_field(StatementWithholdingSerializer(allow_null=True))
    def get_withholding(self, item: DistributionItem) -> dict[str, Any] | None:
        """Return what tax was withheld, where the reader may see it."""
        found = withholdings(actor=self.context["actor"]).filter(item=item).first()
        return None if found is None else StatementWithholdingSerializer(found).data

    @extend_schema_field(StatementConversionSerializer(many=True))
    def get_conversions(self, item: DistributionItem) -> list[dict[str, Any]]:
        """Return what was converted with this statement, as far as the reader may see it."""
        rows = conversions(actor=self.context["actor"]).filter(item=item, confirmed_at__isnull=False)
        return [dict(StatementConversionSerializer(row).data) for row in rows.order_by("confirmed_at", "pk")]

    def get_allowed_steps(self, item: DistributionItem) -> list[str]:
        """List what the reader may do."""
        return selectors.steps_on_statement(item, actor=self.context["actor"])


class ObjectionSerializer(serializers.ModelSerializer[Objection]):
    """What a member holds against a statement, and what came of it."""

    statement_id = serializers.UUIDField(source="item_id")
    programme_code = serializers.CharField(source="item.run.programme.code")
    number = serializers.IntegerField(source="item.run.number", help_text="of the distribution")
    member = serializers.CharField(source="item.membership.organisation")
    raised_by = serializers.CharField(allow_null=True)
    answered_by = serializers.CharField(allow_null=True)

    class Meta:
        model = Objection
        fields: tuple[str, ...] = (
            "id",
            "statement_id",
            "programme_code",
            "number",
            "member",
            "text",
            "state",
            "raised_at",
            "raised_by",
            "answer",
            "answered_at",
            "answered_by",
        )


class ObjectionDetailSerializer(ObjectionSerializer):
    """An objection with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(ObjectionSerializer.Meta):
        fields = (*ObjectionSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, objection: Objection) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        return selectors.steps_on_objection(objection, actor=self.context["actor"])


class ObjectionRaiseSerializer(serializers.Serializer[Any]):
    """What is held against a statement."""

    text = serializers.CharField(max_length=2000)


class ObjectionAnswerSerializer(serializers.Serializer[Any]):
    """Whether an objection is upheld, and why."""

    uphold = serializers.BooleanField(help_text="true: it is right, and put right by a correction and later money")
    answer = serializers.CharField(max_length=2000)


class PayoutTermsSerializer(serializers.ModelSerializer[PayoutTerms]):
    """How a programme's distributions are made from a day on."""

    programme_code = serializers.CharField(source="programme.code")

    class Meta:
        model = PayoutTerms
        fields = ("id", "programme_id", "programme_code", "from_on", "objection_days", "minimum_minor")


class PayoutTermsSetSerializer(serializers.Serializer[Any]):
    """How a programme's distributions are to be made from a day on."""

    programme_id = serializers.UUIDField()
    from_on = serializers.DateField()
    objection_days = serializers.IntegerField(help_text="days after the release within which members may object")
    minimum_minor = serializers.IntegerField(help_text="what a member is due at least before it is paid")
