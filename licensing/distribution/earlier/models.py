"""What payees were given of periods before a programme was distributed here."""

from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import Q

from licensing.close.models import PayeeKind
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.identity.models import User
from platform_core.models import Record

_OF_A_MEMBER: Final = (PayeeKind.MEMBER, PayeeKind.HELD)


class EarlierShare(Record):
    """What one payee was given of one period elsewhere; distributions here give out what is beyond it.

    Written once; what was wrong is taken back by a row with the sign turned.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="earlier_shares")
    period = models.CharField(max_length=10)
    payee = models.TextField()
    kind = models.CharField(max_length=15, choices=PayeeKind)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="earlier_shares")
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        app_label = "distribution"
        ordering = ("programme", "period", "payee", "id")
        verbose_name = "earlier share"
        constraints = (
            models.CheckConstraint(condition=~Q(amount_minor=0), name="earliershare_is_something"),
            models.CheckConstraint(condition=Q(kind__in=PayeeKind.values), name="earliershare_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=_OF_A_MEMBER, membership__isnull=False)
                | Q(kind__in=(PayeeKind.FEE, PayeeKind.RESERVE, PayeeKind.UNDISTRIBUTED), membership=None),
                name="earliershare_member_named",
            ),
        )

    def __str__(self) -> str:
        return f"{self.payee} of {self.period}: {self.amount_minor}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member whose money it was."""
        return self.membership.organisation_id if self.membership else None

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id
