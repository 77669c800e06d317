"""Contract texts made from templates, who signed them on what evidence, and the recordal of the licence."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.dealings.lifecycle import SealState
from licensing.dealings.models.dealing import Dealing, Side
from licensing.dealings.models.offers import Offer
from licensing.terms.models import Programme
from platform_core.documents.models import Document
from platform_core.identity.models import User
from platform_core.models import Record


class ContractTemplate(Record):
    """The clauses of a programme's contracts in Chinese and English, published under a number and fixed for good."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="contract_templates")
    number = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    clauses = models.JSONField(help_text="in order: kind, heading and text in both languages, and what is agreed in it")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("programme", "-number")
        verbose_name = "contract template"
        constraints = (
            models.UniqueConstraint(fields=("programme", "number"), name="contracttemplate_numbered"),
            models.CheckConstraint(condition=~Q(title_zh="") & ~Q(title_en=""), name="contracttemplate_is_titled"),
        )

    def __str__(self) -> str:
        return f"{self.programme_id} {self.number}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the programme."""
        return self.programme.alliance_id


class Contract(Record):
    """The text of one licence, merged from a template: what was merged, and the files that came of it."""

    dealing = models.ForeignKey(Dealing, on_delete=models.PROTECT, related_name="contracts")
    number = models.PositiveIntegerField()
    template = models.ForeignKey(ContractTemplate, on_delete=models.PROTECT, related_name="contracts")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField(help_text="what was put into the template's fields, by language")
    text_zh = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    text_en = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("dealing", "number")
        constraints = (models.UniqueConstraint(fields=("dealing", "number"), name="contract_numbered_in_dealing"),)

    def __str__(self) -> str:
        return f"{self.dealing_id} contract {self.number}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the dealing."""
        return self.dealing.audit_alliance_id()


class SignatureForm(models.TextChoices):
    """What kind of file proves a signature."""

    SEALED_SCAN = "sealed_scan", "Scan of the sealed paper"
    E_SIGNED = "e_signed", "File signed electronically"


class ContractSignature(Record):
    """That one side signed a contract: on which day, by whom, proved by which file."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side)
    text_sha256 = models.CharField(
        max_length=64, blank=True, help_text="of the text that was signed; blank: it was not asked for yet"
    )
    form = models.CharField(max_length=20, choices=SignatureForm)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()
    signatory = models.CharField(max_length=200, help_text="who signed or sealed it")
    original_on = models.DateField(null=True, blank=True, help_text="day the sealed original came in")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("contract", "signed_on", "id")
        verbose_name = "contract signature"
        constraints = (
            models.UniqueConstraint(fields=("contract", "side"), name="contractsignature_once_a_side"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="contractsignature_of_one_side"),
            models.CheckConstraint(condition=Q(form__in=SignatureForm.values), name="contractsignature_form_known"),
            models.CheckConstraint(condition=~Q(signatory=""), name="contractsignature_of_somebody"),
            models.CheckConstraint(
                condition=Q(text_sha256__regex="^([0-9a-f]{64})?$"), name="contractsignature_text_by_its_hash"
            ),
            models.CheckConstraint(
                condition=Q(original_on=None) | Q(original_on__gte=F("signed_on"), form=SignatureForm.SEALED_SCAN),
                name="contractsignature_original_of_sealed_paper",
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} of {self.contract_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the dealing."""
        return self.contract.audit_alliance_id()


class SealRequest(Record):
    """That the operating entity's seal be put on a contract (用印): asked for by one person, decided by another."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="seal_requests")
    state = models.CharField(max_length=20, choices=SealState, default=SealState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="why it was turned down")

    class Meta:
        ordering = ("contract", "id")
        verbose_name = "seal request"
        constraints = (
            models.UniqueConstraint(
                fields=("contract",), condition=~Q(state=SealState.TURNED_DOWN), name="sealrequest_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(state__in=SealState.values), name="sealrequest_state_known"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="sealrequest_takes_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state=SealState.ASKED, decided_by=None, decided_at=None)
                | (~Q(state=SealState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="sealrequest_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=SealState.TURNED_DOWN) | ~Q(reason=""), name="sealrequest_turned_down_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"seal on {self.contract_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the dealing."""
        return self.contract.audit_alliance_id()


class RecordalResult(models.TextChoices):
    """What the patent office said to the recordal of a licence."""

    RECORDED = "recorded", "Recorded"
    REFUSED = "refused", "Refused"


class Recordal(Record):
    """The recordal (备案) of a licence that came into force: whether it is needed, until when, and what came of it."""

    dealing = models.OneToOneField(Dealing, on_delete=models.PROTECT, related_name="recordal")
    patents = models.PositiveIntegerField(help_text="patents of the list granted in China")
    due_on = models.DateField()
    rule = models.CharField(max_length=500, help_text="by which rule the day was worked out, with its source")
    filed_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=10, choices=RecordalResult, blank=True)
    result_on = models.DateField(null=True, blank=True)
    number = models.CharField(max_length=40, blank=True, help_text="the number of the recordal")

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(result="", result_on=None, number="")
                | Q(result__in=RecordalResult.values, result_on__isnull=False, filed_on__isnull=False),
                name="recordal_result_after_filing",
            ),
            models.CheckConstraint(
                condition=~Q(result=RecordalResult.RECORDED) | ~Q(number=""), name="recordal_recorded_has_its_number"
            ),
        )

    def __str__(self) -> str:
        return f"recordal of {self.dealing_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the dealing."""
        return self.dealing.audit_alliance_id()
