"""The states of a distribution and of an objection to it, and the steps between them."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class DistributionStatus(models.TextChoices):
    """Where a distribution stands."""

    DRAFT = "draft", "Draft"
    CALCULATED = "calculated", "Calculated"
    REVIEWED = "reviewed", "Reviewed"
    APPROVED = "approved", "Approved"
    RELEASED = "released", "Released"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


DISTRIBUTION_LIFECYCLE: Final = Lifecycle(
    {
        "calculate": (
            {DistributionStatus.DRAFT, DistributionStatus.CALCULATED, DistributionStatus.REVIEWED},
            DistributionStatus.CALCULATED,
        ),
        "review": ({DistributionStatus.CALCULATED}, DistributionStatus.REVIEWED),
        "approve": ({DistributionStatus.REVIEWED}, DistributionStatus.APPROVED),
        "send back": (
            {DistributionStatus.CALCULATED, DistributionStatus.REVIEWED, DistributionStatus.APPROVED},
            DistributionStatus.DRAFT,
        ),
        "release": ({DistributionStatus.APPROVED}, DistributionStatus.RELEASED),
        "close": ({DistributionStatus.RELEASED}, DistributionStatus.CLOSED),
        "cancel": (
            {
                DistributionStatus.DRAFT,
                DistributionStatus.CALCULATED,
                DistributionStatus.REVIEWED,
                DistributionStatus.APPROVED,
            },
            DistributionStatus.CANCELLED,
        ),
    }
)
"""Members read their statements from the release on, because they bill what they are due before they are paid.

What was approved goes back, or is given up, as well: money may have come or gone since, and then it is not released.
"""

OPEN: Final = (
    DistributionStatus.DRAFT,
    DistributionStatus.CALCULATED,
    DistributionStatus.REVIEWED,
    DistributionStatus.APPROVED,
)
"""The states of a distribution on which work is still to be done; there is one such run per programme."""

STATED: Final = (DistributionStatus.RELEASED, DistributionStatus.CLOSED)
"""The states in which a distribution counts as made."""


class ObjectionState(models.TextChoices):
    """Where a member's objection stands."""

    RAISED = "raised", "Raised"
    UPHELD = "upheld", "Upheld"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


OBJECTION_LIFECYCLE: Final = Lifecycle(
    {
        "uphold": ({ObjectionState.RAISED}, ObjectionState.UPHELD),
        "refuse": ({ObjectionState.RAISED}, ObjectionState.REFUSED),
        "withdraw": ({ObjectionState.RAISED}, ObjectionState.WITHDRAWN),
    }
)


class MemberInvoiceState(models.TextChoices):
    """Where the tax invoice stands that a member gives for a share."""

    AWAITED = "awaited", "Awaited from the member"
    RECORDED = "recorded", "To be checked"
    SENT_BACK = "sent_back", "Sent back to the member"
    ACCEPTED = "accepted", "Accepted"
    WAIVING = "waiving", "To be waived"
    WAIVED = "exempt", "Exempt"


SETTLED: Final = (MemberInvoiceState.ACCEPTED, MemberInvoiceState.WAIVED)
"""The states in which a share no longer waits for its tax invoice."""

MEMBER_INVOICE_LIFECYCLE: Final = Lifecycle(
    {
        # One that is given after all goes before the request to do without.
        "record": (
            {MemberInvoiceState.AWAITED, MemberInvoiceState.SENT_BACK, MemberInvoiceState.WAIVING},
            MemberInvoiceState.RECORDED,
        ),
        "accept": ({MemberInvoiceState.RECORDED}, MemberInvoiceState.ACCEPTED),
        "send back": ({MemberInvoiceState.RECORDED}, MemberInvoiceState.SENT_BACK),
        "ask waiver": ({MemberInvoiceState.AWAITED, MemberInvoiceState.SENT_BACK}, MemberInvoiceState.WAIVING),
        "agree waiver": ({MemberInvoiceState.WAIVING}, MemberInvoiceState.WAIVED),
        "refuse waiver": ({MemberInvoiceState.WAIVING}, MemberInvoiceState.AWAITED),
    }
)
