"""Who may see and file sales reports: the licensee's own seats, and finance of the programme's operating entity."""

from collections.abc import Callable, Sequence
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from licensing.agreements.models import Licence
from licensing.agreements.policies import LICENCE_POLICY
from licensing.reports.models import (
    EstimateTerms,
    ProductAlias,
    ReportAuthority,
    ReportDraft,
    ReportedMonth,
    ReportReminder,
    SalesReport,
)
from licensing.terms.policies import PROGRAMME_POLICY
from members.memberships.policies import today_in
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment, SystemWork
from platform_core.access.grants.relations import assigned
from platform_core.access.kernel import follows
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import Relation, everything, in_alliance, in_operating_entity, own_organisation
from platform_core.deadlines.kinds import Duties, declare_duties
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.documents.subjects import declare_subject
from platform_core.identity.roles import Purpose, Role

READ_SALES_REPORT = Permission("sales_report.read")
SUPERSEDE_SALES_REPORT = Permission("sales_report.supersede")
FILE_SALES_REPORT = Permission("licence.file_sales_report")
"""Signing a report: it binds the licensee, so that it takes a recorded authority."""
DRAFT_SALES_REPORT = Permission("licence.draft_sales_report")
"""Having a report's file checked, and seeing what it would bear; nothing is filed by it."""
RECORD_REPORT_AUTHORITY = Permission("licence.record_report_authority")
NAME_PRODUCT = Permission("licence.name_product")
"""Saying which product a name in a licensee's own reports stands for."""
READ_REPORT_DRAFT = Permission("report_draft.read")
SIGN_REPORT_DRAFT = Permission("report_draft.sign")
DISCARD_REPORT_DRAFT = Permission("report_draft.discard")
READ_REPORT_AUTHORITY = Permission("report_authority.read")
END_REPORT_AUTHORITY = Permission("report_authority.end")
READ_PRODUCT_ALIAS = Permission("product_alias.read")
WITHDRAW_PRODUCT_ALIAS = Permission("product_alias.withdraw")
NAME_PRODUCT_OF_ALL = Permission("programme.name_product")
"""Saying which product a name stands for in everybody's reports under a programme."""
READ_LICENCE_FILING = Permission("licence.read_filing")
"""Which months were reported under a licence: no figures."""
READ_FILING = Permission("programme.read_filing")
"""Which licensees have reported and which have not: no figures."""
REMIND_LICENSEES = Permission("programme.remind_licensees")
READ_REPORT_REMINDER = Permission("report_reminder.read")

ESTIMATE_REPORT = Permission("licence.estimate_report")
"""Setting an estimate by the terms for a report that did not come."""
RECORD_ESTIMATE_TERMS = Permission("programme.record_estimate_terms")
READ_ESTIMATE_TERMS = Permission("estimate_terms.read")
CONFIRM_ESTIMATE_TERMS = Permission("estimate_terms.confirm")

EXCUSE_REPORT = Permission("licence.excuse_report")
"""Saying of a report's deadline that it is done with, as where the report came another way."""

ATTACH_REPORT_LETTER = Permission("report_authority.attach")
"""Adding the scanned letter of authority to what was recorded of it."""

REPORT_WORK: Final = SystemWork("drafts of reports")
"""Ending drafts that nobody signs any more."""

LICENCE_POLICY.extend(
    allow(
        Role.LICENSEE,
        {FILE_SALES_REPORT, DRAFT_SALES_REPORT, NAME_PRODUCT, READ_LICENCE_FILING},
        own_organisation("licensee"),
    ),
    allow((Role.SECRETARIAT, Audience.STAFF), READ_LICENCE_FILING, in_alliance("programme__alliance")),
    allow(
        Role.FINANCE,
        {READ_LICENCE_FILING, RECORD_REPORT_AUTHORITY, EXCUSE_REPORT, ESTIMATE_REPORT},
        in_operating_entity("programme__operating_entity"),
        purpose=Purpose.ROYALTIES,
    ),
    allow((Role.LEGAL, Role.AUDITOR), READ_LICENCE_FILING, assigned(Licence)),
    allow(
        COMMAND_LINE,
        {FILE_SALES_REPORT, READ_LICENCE_FILING, RECORD_REPORT_AUTHORITY, EXCUSE_REPORT},
        everything(),
    ),
    allow(DEADLINE_WORK, READ_LICENCE_FILING, everything()),
)


declare_duties(Duties(Licence, read=READ_LICENCE_FILING, settle=EXCUSE_REPORT, waive=EXCUSE_REPORT))


def authorities_in_force(actor: Actor) -> QuerySet[ReportAuthority]:
    """Return the authorities by which the actor's seat may sign reports today."""
    day = today_in(actor, "licence__programme__alliance__zone")
    return ReportAuthority.objects.filter(
        Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gt=day), seat=actor.seat_id
    )


def _with_authority(path: str) -> Callable[[Actor], Q]:
    def holds(actor: Actor) -> Q:
        if actor.seat_id is None:
            # The command line takes over what was signed elsewhere.
            return Q()
        return Q(Exists(authorities_in_force(actor).filter(licence=OuterRef(path))))

    return holds


_NO_AUTHORITY = "Your seat has no recorded authority to sign reports: send the letter of authority to finance."
LICENCE_POLICY.guard(Guard(FILE_SALES_REPORT, _NO_AUTHORITY, _with_authority("pk")))

_audited_months: list[Callable[[Actor], Q]] = []


def limit_auditors(months: Callable[[Actor], Q]) -> None:
    """Declare which of the reports of a licence its auditor reads; the room that keeps audits does."""
    if months not in _audited_months:
        _audited_months.append(months)


def _of_months_audited() -> Relation:
    of_licence = assigned(Licence, "licence")

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = of_licence.reach(actor, assignments)
        for months in _audited_months:
            rows = rows & months(actor)
        return rows

    return Relation(f"{of_licence.label}, of the months audited", reach, by_assignment=True)


SALES_REPORT_POLICY = register(
    Policy(
        SalesReport,
        read=READ_SALES_REPORT,
        rules=[
            allow(
                Role.LICENSEE,
                {READ_SALES_REPORT, SUPERSEDE_SALES_REPORT},
                own_organisation("licence__licensee"),
            ),
            allow(
                Role.FINANCE,
                READ_SALES_REPORT,
                in_operating_entity("licence__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Audience.STAFF, READ_SALES_REPORT, in_alliance("licence__programme__alliance")),
            allow(Role.AUDITOR, READ_SALES_REPORT, _of_months_audited()),
            allow(COMMAND_LINE, {READ_SALES_REPORT, SUPERSEDE_SALES_REPORT}, everything()),
        ],
    )
)

SALES_REPORT_POLICY.guard(Guard(SUPERSEDE_SALES_REPORT, _NO_AUTHORITY, _with_authority("licence")))

REPORT_DRAFT_POLICY = register(
    Policy(
        ReportDraft,
        read=READ_REPORT_DRAFT,
        no_staff="until it is signed a report is its licensee's own paper",
        rules=[
            allow(
                Role.LICENSEE,
                {READ_REPORT_DRAFT, SIGN_REPORT_DRAFT, DISCARD_REPORT_DRAFT},
                own_organisation("licence__licensee"),
            ),
            allow(REPORT_WORK, {READ_REPORT_DRAFT, DISCARD_REPORT_DRAFT}, everything()),
        ],
    )
)
REPORT_DRAFT_POLICY.guard(Guard(SIGN_REPORT_DRAFT, _NO_AUTHORITY, _with_authority("licence")))

REPORT_AUTHORITY_POLICY = register(
    Policy(
        ReportAuthority,
        read=READ_REPORT_AUTHORITY,
        rules=[
            allow(
                Role.LICENSEE,
                {READ_REPORT_AUTHORITY, END_REPORT_AUTHORITY, ATTACH_REPORT_LETTER},
                own_organisation("licence__licensee"),
            ),
            allow(
                Role.FINANCE,
                {READ_REPORT_AUTHORITY, END_REPORT_AUTHORITY, ATTACH_REPORT_LETTER},
                in_operating_entity("licence__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Audience.STAFF, READ_REPORT_AUTHORITY, in_alliance("licence__programme__alliance")),
            allow(COMMAND_LINE, {READ_REPORT_AUTHORITY, END_REPORT_AUTHORITY}, everything()),
        ],
    )
)

declare_subject(ReportAuthority, read=READ_REPORT_AUTHORITY, attach=ATTACH_REPORT_LETTER)

# A licensee reads its own names alone: one that finance gave to all may tell of a rival's products.
PRODUCT_ALIAS_POLICY = register(
    Policy(
        ProductAlias,
        read=READ_PRODUCT_ALIAS,
        rules=[
            allow(Role.LICENSEE, {READ_PRODUCT_ALIAS, WITHDRAW_PRODUCT_ALIAS}, own_organisation("licence__licensee")),
            allow(
                Role.FINANCE,
                READ_PRODUCT_ALIAS,
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.FINANCE,
                WITHDRAW_PRODUCT_ALIAS,
                in_operating_entity("programme__operating_entity").narrowed(Q(licence=None), "of everybody's"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Audience.STAFF, READ_PRODUCT_ALIAS, in_alliance("programme__alliance")),
            allow(COMMAND_LINE, {READ_PRODUCT_ALIAS, WITHDRAW_PRODUCT_ALIAS}, everything()),
        ],
    )
)

# That a month was reported is what filing is: whoever may read the one sees the other, and no more of the report.
REPORTED_MONTH_POLICY = register(
    Policy(
        ReportedMonth,
        read=READ_LICENCE_FILING,
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_LICENCE_FILING,
                follows("licence", READ_LICENCE_FILING, Licence),
            )
        ],
    )
)

PROGRAMME_POLICY.extend(
    allow(Role.SECRETARIAT, {READ_FILING, REMIND_LICENSEES}, in_alliance()),
    allow(
        Role.FINANCE,
        {READ_FILING, REMIND_LICENSEES, NAME_PRODUCT_OF_ALL, RECORD_ESTIMATE_TERMS},
        in_operating_entity(),
        purpose=Purpose.ROYALTIES,
    ),
    allow(Audience.STAFF, READ_FILING, in_alliance()),
    allow(COMMAND_LINE, {READ_FILING, REMIND_LICENSEES, NAME_PRODUCT_OF_ALL}, everything()),
)


def _of_own_programmes(actor: Actor, assignments: Sequence[Assignment]) -> Q:
    own = Licence.objects.filter(licensee=actor.organisation_id).order_by().values("programme")
    return Q(programme__in=own, confirmed_at__isnull=False)


# Licensees read what holds for them once two people have recorded it.
ESTIMATE_TERMS_POLICY = register(
    Policy(
        EstimateTerms,
        read=READ_ESTIMATE_TERMS,
        rules=[
            allow(
                Role.FINANCE,
                {READ_ESTIMATE_TERMS, CONFIRM_ESTIMATE_TERMS},
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.LICENSEE,
                READ_ESTIMATE_TERMS,
                Relation("of a programme with an own licence, once confirmed", _of_own_programmes),
            ),
            allow((Role.SECRETARIAT, Audience.STAFF), READ_ESTIMATE_TERMS, in_alliance("programme__alliance")),
            allow(COMMAND_LINE, READ_ESTIMATE_TERMS, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_ESTIMATE_TERMS,
                "Whoever recorded this may not confirm it: ask a colleague.",
                lambda actor: ~Q(recorded_by=actor.user_id),
            )
        ],
    )
)

REPORT_REMINDER_POLICY = register(
    Policy(
        ReportReminder,
        read=READ_REPORT_REMINDER,
        rules=[
            allow(
                (Role.SECRETARIAT, Audience.STAFF), READ_REPORT_REMINDER, in_alliance("licence__programme__alliance")
            ),
            allow(
                Role.FINANCE,
                READ_REPORT_REMINDER,
                in_operating_entity("licence__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_REPORT_REMINDER, everything()),
        ],
    )
)

ACCESS_LOG_POLICY.extend(allow(Role.LICENSEE, READ_ACCESS_LOG, of_own_figures(SalesReport)))
SALES_REPORT_POLICY.belong_to("licence__licensee")
REPORTED_MONTH_POLICY.belong_to("licence__licensee")
REPORT_REMINDER_POLICY.belong_to("licence__licensee")
REPORT_DRAFT_POLICY.belong_to("licence__licensee")
REPORT_AUTHORITY_POLICY.belong_to("licence__licensee")
PRODUCT_ALIAS_POLICY.belong_to("licence__licensee")
