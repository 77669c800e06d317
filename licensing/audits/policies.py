"""Who may see and do what with audits: finance of the operating entity, the one auditor, and the licensee. Nobody else.

Findings are the auditor's own until they are handed in; working papers always are.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from licensing.agreements.models import Licence
from licensing.agreements.policies import LICENCE_POLICY
from licensing.audits.lifecycle import HANDED_IN, AuditState
from licensing.audits.models import Audit, AuditClause, AuditFinding, AuditReversal
from licensing.reports.policies import authorities_in_force, limit_auditors
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.grants.relations import conflicting_rows
from platform_core.access.registry import Guard, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_operating_entity, own_organisation
from platform_core.documents.subjects import declare_subject
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import Purpose, Role

READ_AUDIT_CLAUSE = Permission("audit_clause.read")
CONFIRM_AUDIT_CLAUSE = Permission("audit_clause.confirm")
WITHDRAW_AUDIT_CLAUSE = Permission("audit_clause.withdraw")
"""Saying that one was recorded wrongly: taking it back, or having another take its place."""
RECORD_AUDIT_CLAUSE = Permission("licence.record_audit_clause")
PROPOSE_AUDIT = Permission("licence.propose_audit")
READ_AUDIT = Permission("licensee_audit.read")
GIVE_NOTICE = Permission("licensee_audit.give_notice")
UNDERTAKE = Permission("licensee_audit.undertake")
"""Undertaking to keep secret what is seen: the auditor does, before it sees anything."""
OPEN_ACCESS = Permission("licensee_audit.open_access")
RECORD_FINDING = Permission("licensee_audit.record_finding")
HAND_IN = Permission("licensee_audit.hand_in")
ANSWER_AUDIT = Permission("licensee_audit.answer")
SEND_BACK_AUDIT = Permission("licensee_audit.send_back")
WORK_OUT_AUDIT = Permission("licensee_audit.work_out")
SETTLE_AUDIT = Permission("licensee_audit.settle")
CANCEL_AUDIT = Permission("licensee_audit.cancel")
"""Ending a proposal, or asking to end what notice was given of."""
CONFIRM_AUDIT_CANCELLATION = Permission("licensee_audit.confirm_cancellation")
PROPOSE_AUDIT_REVERSAL = Permission("licensee_audit.propose_reversal")
"""Proposing to take back what a settled audit charged, or having the settlement stand that somebody proposed to."""
CONFIRM_AUDIT_REVERSAL = Permission("licensee_audit.confirm_reversal")
READ_AUDIT_PAPERS = Permission("licensee_audit.read_papers")
ATTACH_AUDIT_PAPER = Permission("licensee_audit.attach_paper")
READ_AUDIT_FINDING = Permission("audit_finding.read")

AUDIT_DECISION: Final = "licensee_audit.settlement"
"""The decision of two people: one has an audit noticed or worked out, another decides it."""

_NO_STAFF: Final = "what an audit finds is between the licensee, its auditor and finance"
_ENDED: Final = [AuditState.SETTLED, AuditState.CANCELLED]


def _of_the_auditor(prefix: str = "", *, with_access: bool) -> Relation:
    """Reach audits of the acting seat: from the notice on, or only while its access lasts. None in conflict."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.seat_id is None:
            return NOTHING
        now = actor.clock.now()
        rows = Audit.objects.filter(auditor=actor.seat_id).exclude(state__in=_ENDED)
        open_to = Q(grant__starts_at__lte=now, grant__ends_at__gt=now)
        rows = rows.filter(open_to if with_access else open_to | Q(state=AuditState.NOTICED))
        in_conflict = Licence.objects.filter(conflicting_rows(actor, Licence))
        rows = rows.exclude(licence__in=in_conflict.order_by().values("pk"))
        return Q(**{f"{prefix}pk__in" if not prefix else f"{prefix}__in": rows.order_by().values("pk")})

    label = (
        "assigned as its auditor, while access lasts" if with_access else "assigned as its auditor, from the notice on"
    )
    return Relation(label, reach, prefix, by_assignment=True)


def months_audited(actor: Actor) -> Q:
    """Return which reports an auditor reads: those of the months audited, while the access that an audit opened lasts.

    Where a licence's contract says of audits how they are done, nobody reads its reports by being assigned by hand:
    before the notice has run out that would be an audit without one. Other licences are read as they were assigned.
    """
    if actor.seat_id is None:
        return Q()
    now = actor.clock.now()
    own = Audit.objects.filter(auditor=actor.seat_id, grant__starts_at__lte=now, grant__ends_at__gt=now)
    inside = own.exclude(state__in=_ENDED).filter(
        licence=OuterRef("licence"), first_month__lte=OuterRef("last_month"), last_month__gte=OuterRef("first_month")
    )
    clauses = AuditClause.objects.filter(licence=OuterRef("licence"), confirmed_at__isnull=False)
    return Q(Exists(inside)) | ~Q(Exists(clauses))


limit_auditors(months_audited)

_OF_LICENCE: Final = "licence__programme__operating_entity"

LICENCE_POLICY.extend(
    allow(
        Role.FINANCE,
        {RECORD_AUDIT_CLAUSE, PROPOSE_AUDIT},
        in_operating_entity("programme__operating_entity"),
        purpose=Purpose.ROYALTIES,
    ),
)

AUDIT_CLAUSE_POLICY = register(
    Policy(
        AuditClause,
        read=READ_AUDIT_CLAUSE,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {READ_AUDIT_CLAUSE, CONFIRM_AUDIT_CLAUSE, WITHDRAW_AUDIT_CLAUSE},
                in_operating_entity(_OF_LICENCE),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.LICENSEE,
                READ_AUDIT_CLAUSE,
                own_organisation("licence__licensee").narrowed(Q(confirmed_at__isnull=False), "once confirmed"),
            ),
            allow(COMMAND_LINE, READ_AUDIT_CLAUSE, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_AUDIT_CLAUSE,
                "Whoever recorded this may not confirm it: ask a colleague.",
                lambda actor: ~Q(recorded_by=actor.user_id),
            )
        ],
    )
)
AUDIT_CLAUSE_POLICY.belong_to("licence__licensee")


def _waiting_reversals() -> QuerySet[AuditReversal]:
    return AuditReversal.objects.filter(audit=OuterRef("pk"), is_confirmed=None)


AUDIT_POLICY = register(
    Policy(
        Audit,
        read=READ_AUDIT,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                {
                    READ_AUDIT,
                    GIVE_NOTICE,
                    OPEN_ACCESS,
                    SEND_BACK_AUDIT,
                    WORK_OUT_AUDIT,
                    SETTLE_AUDIT,
                    CANCEL_AUDIT,
                    CONFIRM_AUDIT_CANCELLATION,
                    PROPOSE_AUDIT_REVERSAL,
                    CONFIRM_AUDIT_REVERSAL,
                },
                in_operating_entity(_OF_LICENCE),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Role.AUDITOR, {READ_AUDIT, UNDERTAKE}, _of_the_auditor(with_access=False)),
            allow(
                Role.AUDITOR,
                {RECORD_FINDING, HAND_IN, READ_AUDIT_PAPERS, ATTACH_AUDIT_PAPER},
                _of_the_auditor(with_access=True),
            ),
            allow(
                Role.LICENSEE,
                {READ_AUDIT, ANSWER_AUDIT},
                own_organisation("licence__licensee").narrowed(Q(noticed_on__isnull=False), "once noticed"),
            ),
            allow(COMMAND_LINE, READ_AUDIT, everything()),
        ],
        guards=[
            Guard(
                GIVE_NOTICE,
                "Whoever proposed this audit may not give notice of it: ask a colleague.",
                lambda actor: ~Q(proposed_by=actor.user_id),
            ),
            Guard(
                SETTLE_AUDIT,
                "Whoever worked this out may not settle it: ask a colleague.",
                lambda actor: ~Q(calculated_by=actor.user_id),
            ),
            Guard(
                CONFIRM_AUDIT_CANCELLATION,
                "Whoever asked to cancel this audit may not decide it: ask a colleague.",
                lambda actor: ~Q(cancel_asked_by=actor.user_id),
            ),
            Guard(
                CONFIRM_AUDIT_REVERSAL,
                "Whoever proposed to reverse this audit may not confirm it: ask a colleague.",
                lambda actor: ~Q(Exists(_waiting_reversals().filter(proposed_by=actor.user_id))),
            ),
            *(
                Guard(
                    permission,
                    "You are the auditor of this audit: somebody else has to decide.",
                    lambda actor: ~Q(auditor__user=actor.user_id),
                )
                for permission in (
                    GIVE_NOTICE,
                    SEND_BACK_AUDIT,
                    WORK_OUT_AUDIT,
                    SETTLE_AUDIT,
                    CONFIRM_AUDIT_CANCELLATION,
                    CONFIRM_AUDIT_REVERSAL,
                )
            ),
            Guard(
                ANSWER_AUDIT,
                "Your seat has no recorded authority to sign reports: send the letter of authority to finance.",
                lambda actor: Q(Exists(authorities_in_force(actor).filter(licence=OuterRef("licence")))),
            ),
        ],
    )
)
AUDIT_POLICY.belong_to("licence__licensee")
declare_subject(Audit, read=READ_AUDIT_PAPERS, attach=ATTACH_AUDIT_PAPER)

_HANDED_IN: Final = Q(audit__state__in=[state.value for state in HANDED_IN])

AUDIT_FINDING_POLICY = register(
    Policy(
        AuditFinding,
        read=READ_AUDIT_FINDING,
        no_staff=_NO_STAFF,
        rules=[
            allow(
                Role.FINANCE,
                READ_AUDIT_FINDING,
                in_operating_entity(f"audit__{_OF_LICENCE}").narrowed(_HANDED_IN, "once handed in"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Role.AUDITOR, READ_AUDIT_FINDING, _of_the_auditor("audit", with_access=True)),
            allow(
                Role.LICENSEE,
                READ_AUDIT_FINDING,
                own_organisation("audit__licence__licensee").narrowed(_HANDED_IN, "once handed in"),
            ),
            allow(COMMAND_LINE, READ_AUDIT_FINDING, everything()),
        ],
    )
)
AUDIT_FINDING_POLICY.belong_to("audit__licence__licensee")

declare_decision(
    Decision(
        AUDIT_DECISION,
        (Role.FINANCE,),
        at_entity=True,
        purpose=Purpose.ROYALTIES,
        # Nothing is audited where no contract was recorded to allow it.
        in_use=lambda place: AuditClause.objects.filter(licence__programme__operating_entity=place.entity).exists(),
    )
)
