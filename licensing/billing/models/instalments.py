"""How an invoice is agreed to be paid in parts."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from licensing.billing.instalments import CreditsReduce, Part, Plan
from licensing.billing.lifecycle import PlanState
from licensing.billing.models.invoices import Invoice
from platform_core.identity.models import User
from platform_core.models import Record


class InstalmentPlan(Record):
    """An agreement to pay what is open of an invoice in parts: one person proposes it, another confirms it.

    A licensee may ask for one: whoever accepts it in finance proposes it from then on.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="plans")
    amount_minor = models.BigIntegerField()
    """What was open of the invoice; the parts add up to it."""
    due_days = ArrayField(models.DateField())
    """The day by which each part is to be paid, one after the other."""
    part_amounts_minor = ArrayField(models.BigIntegerField())
    credits_reduce = models.CharField(
        max_length=5, choices=[(each.value, each.value) for each in CreditsReduce], default=CreditsReduce.LAST.value
    )
    """Which parts become smaller by credit notes and by what is given up."""
    falls_due_whole = models.BooleanField(default=False)
    """Whether a part that is not paid in time makes all of it due."""
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.PROPOSED)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Who asked for it at the licensee; blank: finance proposed it by itself."""
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    """Whoever answers for it in finance; who asked for it, until it is accepted."""
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True, default="")
    """Why what a licensee asked for was refused; the licensee reads it."""

    class Meta:
        ordering = ("-proposed_at", "-id")
        indexes = (models.Index(fields=("proposed_at", "id"), name="instalmentplan_by_proposing"),)
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="instalmentplan_of_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="instalmentplan_has_a_reason"),
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="instalmentplan_state_known"),
            models.CheckConstraint(
                condition=Q(credits_reduce__in=[each.value for each in CreditsReduce]),
                name="instalmentplan_rule_known",
            ),
            models.UniqueConstraint(
                fields=("invoice",), condition=Q(state=PlanState.PROPOSED), name="instalmentplan_one_proposed"
            ),
            models.UniqueConstraint(
                fields=("invoice",), condition=Q(state=PlanState.ASKED), name="instalmentplan_one_asked"
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None, asked_at=None) | Q(asked_by__isnull=False, asked_at__isnull=False),
                name="instalmentplan_asked_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state=PlanState.ASKED) | Q(asked_by=F("proposed_by")), name="instalmentplan_is_asked"
            ),
            # Finance answers for what is agreed, not whoever asked for it.
            models.CheckConstraint(
                condition=~Q(state__in=(PlanState.PROPOSED, PlanState.AGREED, PlanState.REPLACED))
                | Q(asked_by=None)
                | (~Q(proposed_by=F("asked_by")) & (Q(decided_by=None) | ~Q(decided_by=F("asked_by")))),
                name="instalmentplan_accepted_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=PlanState.REFUSED) | Q(asked_by=None) | ~Q(answer=""),
                name="instalmentplan_refused_with_an_answer",
            ),
            models.UniqueConstraint(
                fields=("invoice",), condition=Q(state=PlanState.AGREED), name="instalmentplan_one_agreed"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(PlanState.ASKED, PlanState.PROPOSED), decided_by=None, decided_at=None)
                | (
                    ~Q(state__in=(PlanState.ASKED, PlanState.PROPOSED))
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="instalmentplan_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state=PlanState.WITHDRAWN) | Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="instalmentplan_two_people",
            ),
        )

    def __str__(self) -> str:
        return f"{len(self.due_days)} parts of {self.invoice_id}"

    @property
    def as_plan(self) -> Plan:
        """Its parts and rules, to be worked with."""
        parts = [Part(day, amount) for day, amount in zip(self.due_days, self.part_amounts_minor, strict=True)]
        return Plan(parts, CreditsReduce(self.credits_reduce), self.falls_due_whole)

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.invoice.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the invoice."""
        return self.invoice.audit_operating_entity_id()
