"""Distributions of what was received: what they were worked out from, what each payee gets, and the proof of it."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from licensing.close.lifecycle import Calculation
from licensing.close.models import CloseRun, PayeeKind
from licensing.distribution.calculation import Untold
from licensing.distribution.lifecycle import OPEN, DistributionStatus, ObjectionState
from licensing.terms.models import Programme, ProgrammeTerms
from members.memberships.models import Membership
from platform_core.identity.models import User
from platform_core.jobs.models import Job
from platform_core.ledger.models import Entry
from platform_core.models import Record
from platform_core.secrets import EncryptedField


class PayoutTerms(ProgrammeTerms):
    """How a programme's distributions are made from a day on."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="payout_terms")
    objection_days = models.PositiveIntegerField(default=30)
    """Days after the release within which a member may object."""
    minimum_minor = models.BigIntegerField(default=0)
    """What a member is due at least before it is paid; less stays on its account."""

    class Meta:
        ordering = ("programme", "-from_on")
        verbose_name = "payout terms"
        verbose_name_plural = "payout terms"
        constraints = (
            models.UniqueConstraint(fields=("programme", "from_on"), name="payoutterms_once_from_a_day"),
            models.CheckConstraint(condition=Q(objection_days__lte=366), name="payoutterms_days_are_days"),
            models.CheckConstraint(condition=Q(minimum_minor__gte=0), name="payoutterms_minimum_is_no_debt"),
        )


class DistributionRun(Record):
    """One distribution of what a programme received: calculated and reviewed, approved by another person, released."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="distribution_runs")
    number = models.PositiveIntegerField(help_text="1 for the first one of the programme")
    through_on = models.DateField(help_text="money that arrived by the end of this day takes part")
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=DistributionStatus, default=DistributionStatus.DRAFT)

    calculation = models.CharField(max_length=10, choices=Calculation, default=Calculation.NONE)
    attempt = models.PositiveIntegerField(default=0, help_text="how many calculations were asked for")
    claim = models.UUIDField(null=True, blank=True, help_text="the piece of work that may load its results")
    results_claim = models.UUIDField(null=True, blank=True, help_text="the calculation whose files and rows these are")
    message = models.TextField(blank=True, default="", help_text="why the last calculation failed")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    total_minor = models.BigIntegerField(default=0, help_text="what is new to all payees")
    periods = ArrayField(
        models.CharField(max_length=10), default=list, blank=True, help_text="those of which something is new"
    )

    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    calculated_at = models.DateTimeField(null=True, blank=True)
    calculated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    review = models.CharField(max_length=500, blank=True, default="", help_text="what the review found")
    sent_back_reason = models.CharField(max_length=500, blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    objections_until = models.DateField(null=True, blank=True, help_text="last day on which a member may object")
    closed_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published = models.BinaryField(blank=True, default=b"", help_text="the commitments, as anybody who may checks them")
    fingerprint = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of what is published")

    class Meta:
        ordering = ("-opened_at", "-id")
        verbose_name = "distribution run"
        indexes = (models.Index(fields=("opened_at", "id"), name="distributionrun_by_opening"),)
        constraints = (
            models.UniqueConstraint(fields=("programme", "number"), name="distributionrun_numbered"),
            # Each is worked out from what all earlier ones gave: one is made at a time.
            models.UniqueConstraint(
                fields=("programme",), condition=Q(status__in=OPEN), name="distributionrun_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status__in=DistributionStatus.values), name="distributionrun_status_known"
            ),
            models.CheckConstraint(
                condition=Q(calculation__in=Calculation.values), name="distributionrun_calculation_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=(DistributionStatus.DRAFT, DistributionStatus.CANCELLED))
                | Q(calculated_by__isnull=False, calculated_at__isnull=False, results_claim__isnull=False),
                name="distributionrun_calculated_by_someone",
            ),
            # Two pairs of eyes: who calculated or reviewed a distribution does not approve it.
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("calculated_by")) & ~Q(approved_by=F("reviewed_by"))),
                name="distributionrun_two_people",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=(
                        DistributionStatus.APPROVED,
                        DistributionStatus.RELEASED,
                        DistributionStatus.CLOSED,
                    ),
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                )
                | (
                    Q(
                        status__in=(
                            DistributionStatus.DRAFT,
                            DistributionStatus.CALCULATED,
                            DistributionStatus.REVIEWED,
                            DistributionStatus.CANCELLED,
                        )
                    )
                    & Q(approved_by=None, approved_at=None)
                ),
                name="distributionrun_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=(DistributionStatus.RELEASED, DistributionStatus.CLOSED),
                    released_by__isnull=False,
                    released_at__isnull=False,
                    objections_until__isnull=False,
                )
                | (
                    ~Q(status__in=(DistributionStatus.RELEASED, DistributionStatus.CLOSED))
                    & Q(released_by=None, released_at=None, objections_until=None, entry=None, fingerprint="")
                ),
                name="distributionrun_released_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme} #{self.number}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id


class _OfRun(Record):
    """Something that belongs to a distribution, and is as unchangeable as that has become."""

    run: models.ForeignKey[DistributionRun, DistributionRun]

    class Meta:
        abstract = True

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the run's programme."""
        return self.run.audit_operating_entity_id()


class DistributionPart(_OfRun):
    """A period of which something is distributed: under which close, and with how much received for it in all."""

    run = models.ForeignKey(DistributionRun, on_delete=models.PROTECT, related_name="parts", db_index=False)
    close_run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, related_name="distribution_parts")
    """The last posted close of the period, by whose shares the money goes."""
    period = models.CharField(max_length=10)
    received_minor = models.BigIntegerField()
    """All that was received for the period by the run's day."""
    used_minor = models.BigIntegerField()
    """What of it the close gives out: no more than is owed."""
    before_minor = models.BigIntegerField()
    """What was distributed of the period before."""

    class Meta:
        ordering = ("run", "period")
        constraints = (models.UniqueConstraint(fields=("run", "period"), name="distributionpart_once"),)

    def __str__(self) -> str:
        return f"{self.period} in {self.run_id}"


class DistributionReceipt(_OfRun):
    """What was received for a period under one licence by the day of a distribution that it was worked out from."""

    run = models.ForeignKey(DistributionRun, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    part = models.ForeignKey(DistributionPart, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    licence = models.ForeignKey("agreements.Licence", on_delete=models.PROTECT, related_name="+")
    received_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField()
    """What of it the close gives out: no more than is owed under the licence."""

    class Meta:
        ordering = ("part", "licence")
        constraints = (
            models.UniqueConstraint(fields=("part", "licence"), name="distributionreceipt_once"),
            models.CheckConstraint(condition=~Q(received_minor=0), name="distributionreceipt_is_something"),
        )

    def __str__(self) -> str:
        return f"{self.received_minor} under {self.licence_id}"


class DistributionShare(_OfRun):
    """What one payee is due of one period with all that was received for it, and what of that it was given before."""

    run = models.ForeignKey(DistributionRun, on_delete=models.PROTECT, related_name="shares")
    part = models.ForeignKey(DistributionPart, on_delete=models.PROTECT, related_name="shares", db_index=False)
    payee = models.TextField()
    kind = models.CharField(max_length=15, choices=PayeeKind)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="distribution_shares")
    cumulative_minor = models.BigIntegerField()
    before_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    """What is new: below 0 where it was given more before than it is due now."""

    class Meta:
        ordering = ("part", "payee")
        constraints = (
            models.UniqueConstraint(fields=("part", "payee"), name="distributionshare_once"),
            models.CheckConstraint(condition=Q(kind__in=PayeeKind.values), name="distributionshare_kind_known"),
            models.CheckConstraint(
                condition=Q(amount_minor=F("cumulative_minor") - F("before_minor")), name="distributionshare_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=(PayeeKind.MEMBER, PayeeKind.HELD), membership__isnull=False)
                | Q(kind__in=(PayeeKind.FEE, PayeeKind.RESERVE, PayeeKind.UNDISTRIBUTED), membership=None),
                name="distributionshare_member_named",
            ),
        )

    def __str__(self) -> str:
        return f"{self.payee}: {self.amount_minor}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member whose money it is."""
        return self.membership.organisation_id if self.membership else None


class DistributionItem(_OfRun):
    """What one payee gets by a distribution, over all its periods; a member's is its statement."""

    run = models.ForeignKey(DistributionRun, on_delete=models.PROTECT, related_name="items", db_index=False)
    payee = models.TextField()
    kind = models.CharField(max_length=15, choices=PayeeKind)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="distribution_items")
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    """The tax withheld from it, which is paid to the tax office. Settled at the release."""
    opening_minor = models.BigIntegerField(default=0)
    """What stood on the payee's account before the release."""
    opening = EncryptedField(blank=True, default="")
    """What opens the payee's commitment, for the payee alone."""
    proof_withheld = models.CharField(
        max_length=20, choices=[(why.value, why.value) for why in Untold], blank=True, default=""
    )
    """Why its owner does not get the proof, which tells the total; blank where it does. Settled at the release."""
    breakdown = models.JSONField(blank=True, default=dict)
    """What is told by product and country, or why nothing is; empty where nothing is new. Settled at the release.

    `{"covers": [numbers], "cells": [{"products", "countries", "amount_minor"}], "others_minor"}`, or `{"why"}`.
    """
    breakdown_kept = models.JSONField(blank=True, default=dict)
    """What all that is due of each period with news is made of: `{period: [[product, country, minor units]]}`.

    The next distribution goes on from it. It is told to nobody but finance.
    """

    class Meta:
        ordering = ("run", "payee")
        constraints = (
            models.UniqueConstraint(fields=("run", "payee"), name="distributionitem_once"),
            models.CheckConstraint(condition=Q(kind__in=PayeeKind.values), name="distributionitem_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=(PayeeKind.MEMBER, PayeeKind.HELD), membership__isnull=False)
                | Q(kind__in=(PayeeKind.FEE, PayeeKind.RESERVE, PayeeKind.UNDISTRIBUTED), membership=None),
                name="distributionitem_member_named",
            ),
            models.CheckConstraint(
                condition=Q(tax_minor=0) | Q(kind=PayeeKind.MEMBER, tax_minor__gt=0, tax_minor__lte=F("amount_minor")),
                name="distributionitem_tax_is_part_of_it",
            ),
        )

    @property
    def net_minor(self) -> int:
        """What is added to the payee's account: the share less the tax withheld."""
        return self.amount_minor - self.tax_minor

    @property
    def closing_minor(self) -> int:
        """What stood on the payee's account after the release."""
        return self.opening_minor + self.net_minor

    def __str__(self) -> str:
        return f"{self.payee}: {self.amount_minor}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member whose money it is."""
        return self.membership.organisation_id if self.membership else None


class Objection(Record):
    """What a member holds against its statement, and what came of it."""

    item = models.ForeignKey(DistributionItem, on_delete=models.PROTECT, related_name="objections")
    text = models.CharField(max_length=2000)
    state = models.CharField(max_length=10, choices=ObjectionState, default=ObjectionState.RAISED)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-raised_at", "-id")
        indexes = (models.Index(fields=("raised_at", "id"), name="objection_by_raising"),)
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="objection_says_something"),
            models.CheckConstraint(condition=Q(state__in=ObjectionState.values), name="objection_state_known"),
            models.UniqueConstraint(
                fields=("item",), condition=Q(state=ObjectionState.RAISED), name="objection_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.RAISED, answered_at=None, answered_by=None, answer="")
                | (~Q(state=ObjectionState.RAISED) & Q(answered_at__isnull=False)),
                name="objection_answered_once",
            ),
        )

    def __str__(self) -> str:
        return f"objection to {self.item_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member who objects."""
        return self.item.concerned_organisation_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.item.audit_operating_entity_id()
