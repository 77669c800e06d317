"""Who may see and settle what keeps patents alive: their owners, and whoever was assigned; the office sees the days."""

from platform_core.access.actors import COMMAND_LINE
from platform_core.access.grants.relations import assigned
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, own_organisation
from platform_core.audit.events import reserve_events
from platform_core.deadlines.kinds import Duties, declare_duties
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.documents.subjects import declare_subject
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from pools.patents.models import Patent
from pools.patents.policies import PATENT_DESK, PATENT_POLICY, owned
from pools.upkeep.models import AnnuityPayment, AnnuityTerms, OfficeCalendar, PaymentOrder, PaymentOrderLine

READ_DUTIES = Permission("patent.read_duties")
"""What has to be done about a patent and until when, without what it costs."""
SETTLE_DUTIES = Permission("patent.settle_duties")
WAIVE_DUTIES = Permission("patent.waive_duties")
"""Giving a right up is its owner's to decide, and nobody's whom it assigned."""
READ_ANNUITIES = Permission("patent.read_annuities")
"""What keeping a patent costs its owner."""
EDIT_ANNUITY_TERMS = Permission("patent.edit_annuity_terms")
PAY_ANNUITY = Permission("patent.pay_annuity")

READ_ANNUITY_TERMS = Permission("annuity_terms.read")
READ_ANNUITY_PAYMENT = Permission("annuity_payment.read")
CANCEL_ANNUITY_PAYMENT = Permission("annuity_payment.cancel")

READ_OFFICE_CALENDAR = Permission("office_calendar.read")
IMPORT_OFFICE_CALENDAR = Permission("office_calendar.import")

READ_PAYMENT_ORDER = Permission("payment_order.read")
EDIT_PAYMENT_ORDER = Permission("payment_order.edit")
PAY_PAYMENT_ORDER = Permission("payment_order.pay")
READ_PAYMENT_ORDER_LINE = Permission("payment_order_line.read")

COST_DESK = (*PATENT_DESK, Role.MEMBER_FINANCE)
"""The seats of a member that see and pay what its patents cost."""

PATENT_POLICY.extend(
    allow((Role.SECRETARIAT, Role.OPERATIONS_HEAD, Audience.STAFF), READ_DUTIES, in_alliance()),
    allow(COST_DESK, {READ_DUTIES, READ_ANNUITIES, PAY_ANNUITY}, owned(now=True)),
    allow(PATENT_DESK, {SETTLE_DUTIES, WAIVE_DUTIES, EDIT_ANNUITY_TERMS}, owned(now=True)),
    allow(Role.OPERATOR, {READ_DUTIES, SETTLE_DUTIES, READ_ANNUITIES, EDIT_ANNUITY_TERMS}, assigned(Patent)),
    allow(Audience.STAFF, READ_ANNUITIES, in_alliance()),
    allow(
        COMMAND_LINE,
        {READ_DUTIES, SETTLE_DUTIES, WAIVE_DUTIES, READ_ANNUITIES, EDIT_ANNUITY_TERMS, PAY_ANNUITY},
        everything(),
    ),
    allow(DEADLINE_WORK, READ_DUTIES, everything()),
)
declare_duties(Duties(Patent, read=READ_DUTIES, settle=SETTLE_DUTIES, waive=WAIVE_DUTIES))

OFFICE_CALENDAR_POLICY = register(
    Policy(
        OfficeCalendar,
        read=READ_OFFICE_CALENDAR,
        no_staff="anybody reads it without one",
        rules=[
            allow(Audience.PUBLIC, READ_OFFICE_CALENDAR, everything()),
            # The days of all alliances here follow from it.
            allow(COMMAND_LINE, IMPORT_OFFICE_CALENDAR, everything()),
        ],
    )
)

ANNUITY_TERMS_POLICY = register(
    Policy(
        AnnuityTerms,
        read=READ_ANNUITY_TERMS,
        rules=[
            allow((Audience.SIGNED_IN, COMMAND_LINE), READ_ANNUITY_TERMS, follows("patent", READ_ANNUITIES, Patent)),
        ],
    )
)

ANNUITY_PAYMENT_POLICY = register(
    Policy(
        AnnuityPayment,
        read=READ_ANNUITY_PAYMENT,
        rules=[
            # What a former owner paid stays its own to see, and is nothing for whoever owns the patent now.
            allow(COST_DESK, {READ_ANNUITY_PAYMENT, CANCEL_ANNUITY_PAYMENT}, own_organisation()),
            allow(Audience.STAFF, READ_ANNUITY_PAYMENT, in_alliance("patent__alliance")),
            allow(COMMAND_LINE, {READ_ANNUITY_PAYMENT, CANCEL_ANNUITY_PAYMENT}, everything()),
        ],
    )
)
ANNUITY_PAYMENT_POLICY.belong_to("organisation")

PAYMENT_ORDER_POLICY = register(
    Policy(
        PaymentOrder,
        read=READ_PAYMENT_ORDER,
        rules=[
            allow(COST_DESK, {READ_PAYMENT_ORDER, EDIT_PAYMENT_ORDER, PAY_PAYMENT_ORDER}, own_organisation()),
            allow(Audience.STAFF, READ_PAYMENT_ORDER, in_alliance()),
            allow(COMMAND_LINE, {READ_PAYMENT_ORDER, EDIT_PAYMENT_ORDER, PAY_PAYMENT_ORDER}, everything()),
        ],
    )
)
PAYMENT_ORDER_POLICY.belong_to("organisation")
declare_subject(PaymentOrder, read=READ_PAYMENT_ORDER, attach=PAY_PAYMENT_ORDER)

PAYMENT_ORDER_LINE_POLICY = register(
    Policy(
        PaymentOrderLine,
        read=READ_PAYMENT_ORDER_LINE,
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_PAYMENT_ORDER_LINE,
                follows("order", READ_PAYMENT_ORDER, PaymentOrder),
            )
        ],
    )
)
PAYMENT_ORDER_LINE_POLICY.belong_to("order__organisation")

declare_reference(
    Reference(AnnuityPayment, "organisation", Fate.MOVED, "what it paid is what it paid"),
    Reference(PaymentOrder, "organisation", Fate.MOVED, "it pays what it ordered"),
)
reserve_events("office_calendar", "annuity_terms", "annuity_payment", "payment_order")
