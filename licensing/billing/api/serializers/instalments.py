"""How plans to pay in parts look on the wire; amounts in minor units of their currency."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.billing import selectors
from licensing.billing.api.serializers.people import ActingPersonSerializer
from licensing.billing.instalments import CreditsReduce
from licensing.billing.models import InstalmentPlan
from platform_core.access.actors import Actor


class InstalmentSerializer(serializers.Serializer[Any]):
    """A part of an invoice that is paid so, and how it stands today."""

    due_on = serializers.DateField(source="part.due_on")
    amount_minor = serializers.IntegerField(source="part.amount_minor")
    open_minor = serializers.IntegerField()
    falls_due_on = serializers.DateField(help_text="its own day, or that of an earlier part that was not paid in time")


class InstalmentPlanSerializer(serializers.ModelSerializer[InstalmentPlan]):
    """An agreement to pay what is open of an invoice in parts, and what was decided about it."""

    invoice_number = serializers.CharField(source="invoice.number_text")
    licensee_id = serializers.UUIDField(source="invoice.licence.licensee_id")
    licensee_name = serializers.CharField(source="invoice.licence.licensee")
    currency = serializers.CharField(source="invoice.currency")
    credits_reduce = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in CreditsReduce],
        help_text="which parts credit notes and what is given up make smaller",
    )
    is_broken = serializers.SerializerMethodField(help_text="whether a part was not paid in time, of a plan in force")
    parts = serializers.SerializerMethodField()
    asked_by = ActingPersonSerializer(allow_null=True, help_text="who asked for it at the licensee; null: nobody did")
    proposed_by = ActingPersonSerializer()
    decided_by = ActingPersonSerializer(allow_null=True)
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta:
        model = InstalmentPlan
        fields = (
            "id",
            "invoice_id",
            "invoice_number",
            "licensee_id",
            "licensee_name",
            "currency",
            "amount_minor",
            "credits_reduce",
            "falls_due_whole",
            "is_broken",
            "reason",
            "state",
            "parts",
            "asked_at",
            "asked_by",
            "proposed_at",
            "proposed_by",
            "decided_at",
            "decided_by",
            "answer",
            "allowed_steps",
        )

    def get_is_broken(self, plan: InstalmentPlan) -> bool:
        """Say whether it was not kept so far."""
        return bool(self.context["broken"][plan.pk])

    @extend_schema_field(InstalmentSerializer(many=True))
    def get_parts(self, plan: InstalmentPlan) -> Any:
        """List its parts in the order of their days."""
        return InstalmentSerializer(self.context["standings"][plan.pk], many=True).data

    def get_allowed_steps(self, plan: InstalmentPlan) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        steps: dict[Any, list[str]] = self.context["plan_steps"]
        return steps.get(plan.pk, [])


def plan_context(plans: Sequence[InstalmentPlan], *, actor: Actor) -> dict[str, Any]:
    """Return what representing plans needs: how their parts stand today, and what the actor may do with them."""
    standings, broken = selectors.standings_of_plans(plans, clock=actor.clock)
    return {"plan_steps": selectors.plan_steps(plans, actor=actor), "standings": standings, "broken": broken}


class NewInstalmentSerializer(serializers.Serializer[Any]):
    """A part to be paid by a day."""

    due_on = serializers.DateField()
    amount_minor = serializers.IntegerField(min_value=1)


class PlanRefusalSerializer(serializers.Serializer[Any]):
    """Why a plan is refused."""

    answer = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="what the licensee reads; needed where it asked for the plan",
    )


class NewInstalmentPlanSerializer(serializers.Serializer[Any]):
    """Parts to propose, in the order of their days; they come to what is open of the invoice, exactly."""

    parts = NewInstalmentSerializer(many=True)
    reason = serializers.CharField(max_length=500)
    falls_due_whole = serializers.BooleanField(
        required=False, help_text="whether a part that is not paid in time makes all of it due; no, if nothing is said"
    )
    credits_reduce = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in CreditsReduce],
        required=False,
        help_text="which parts credit notes and what is given up make smaller; the last, if nothing is said",
    )
