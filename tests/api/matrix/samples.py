"""Somebody in every role, and for each kind of object one that stands in each relation to them.

Relations are told from the first alliance, where everybody of the table is at home: `own` belongs to the company at
which members, licensees and other outsiders of the table have their seats; `same` to its rival there; `other` to a
company of the second alliance, of which nothing is public; `launched` is public. `granted`, `expired` and `assigned`
are objects of a third alliance on which each seat of the table was given something by hand: it holds, it ran out,
or the seat is assigned in its role where that role can be.
"""

from typing import Any

from django.db.models import QuerySet

from licensing.agreements.models import BilateralLicence, Charge, ExchangeRate, Licence, LicenceChange, Receipt
from licensing.close.models import Adjustment, CloseRun, Statement
from licensing.dealings.models import ContractTemplate, Dealing
from licensing.deductions.models import DeductionComparison, DoubtfulDeduction
from licensing.distribution.models import MemberInvoice
from licensing.reports.models import EstimateTerms, FileKind, ProductAlias, ReportAuthority, ReportDraft, SalesReport
from licensing.reports.storage import LINES_NAME, draft_folder
from licensing.terms.models import Programme, TermsVersion
from members.charter.models import Charter, CharterSignature, CharterVersion, SeatAuthority
from members.memberships.models import Membership, MembershipRules
from platform_core.access.models import AccessLogEntry
from platform_core.access.staff.models import StaffSession
from platform_core.audit.models import AuditEvent, AuditSeal
from platform_core.conflicts.models import Affiliation, DeclaredTie, Undertaking
from platform_core.connections.models import Connection
from platform_core.deadlines.models import CalendarFeed, Deadline, DeadlineRun
from platform_core.documents.models import Document
from platform_core.exchange.models import Import, SavedMapping
from platform_core.files import file_sha256
from platform_core.identity.models import Organisation, RoleAssignment, Seat, User
from platform_core.identity.roles import Role
from platform_core.jobs.models import Job
from platform_core.lists.models import SavedView
from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from platform_core.signin.models import ApiToken, Invitation, Lock, Session
from platform_core.webhooks.models import Webhook
from pools.asking.models import LicenceRequest
from pools.charts.models import ChartTarget, ClaimChart
from pools.composition.models import ListLine, ListVersion, Pool, PoolEntry, PoolMember
from pools.patents.models import Difference, Encumbrance, Patent
from pools.submissions.models import Call, Opinion, Panel, Submission
from pools.upkeep.models import AnnuityPayment, PaymentOrder
from tests.api.matrix.bilaterals import bilateral_samples
from tests.api.matrix.billing import billing_samples, billing_values
from tests.api.matrix.by_hand import give_by_hand
from tests.api.matrix.direct import direct_samples, open_samples
from tests.api.matrix.distribution import distribution_samples
from tests.api.matrix.files import report_on, write_files
from tests.api.matrix.kept import EVERYBODY, Sample, Samples
from tests.api.matrix.licences import breach_samples, clauses_samples
from tests.api.matrix.making import (
    asker_named,
    books_of,
    event_on,
    own,
    prepared_seat,
    staffed,
    submitted_charts,
    treasury_of,
    world_without_grants,
)
from tests.factories.charter import make_authority, make_signature
from tests.factories.charts import make_chart_target
from tests.factories.composition import make_entry
from tests.factories.conflicts import make_affiliation, make_declared_tie, make_undertaking
from tests.factories.core import (
    give_role,
    make_organisation,
    make_seat,
    make_user,
)
from tests.factories.deadlines import make_feed
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
from tests.factories.patents import make_difference, make_encumbrance, make_patent, make_source
from tests.factories.reports import make_report_authority
from tests.factories.submissions import make_call, make_evaluator
from tests.factories.webhooks import make_webhook

_MEMBERS = [role.value for role in Role if role.value.startswith("member_")]


def make_samples() -> Samples:
    """Make the world and add what the table needs."""
    world = world_without_grants()
    # What is offered to a company by anybody ties it to an alliance that nobody here knows of.
    give_role(make_seat(organisation=world.organisations[0]), Role.PROSPECT)
    samples = Samples(world)
    (first, second), (entity, other_entity) = world.alliances, world.entities
    company, rival, stranger, _ = world.organisations
    programme = Programme.objects.get(alliance=first, code="reported")
    elsewhere = Programme.objects.get(alliance=second, code="reported")

    report_on(programme, (company, rival))
    report_on(elsewhere, (stranger,))

    def by_alliance(rows: QuerySet[Any, Any], path: str = "alliance") -> dict[str, Sample]:
        rows = rows.order_by("pk")
        return {"same": rows.filter(**{path: first})[0], "other": rows.filter(**{path: second})[0]}

    def by_company(rows: QuerySet[Any, Any], path: str, **where: Any) -> dict[str, Sample]:
        rows = rows.filter(**where).order_by("pk")
        return {
            "own": rows.filter(**{path: company})[0],
            "same": rows.filter(**{path: rival})[0],
            "other": rows.filter(**{path: stranger})[0],
        }

    of_programme = {"licence__programme__code": "reported"}
    posted = CloseRun.objects.filter(status="posted", corrects=None)
    statements = Statement.objects.order_by("pk")
    elsewhere_user = world.seats["second legal"].user
    office = make_seat(organisation=world.seats["first secretariat"].organisation)
    make_affiliation(rival, make_organisation("rival's subsidiary"))
    rival_member = Membership.objects.get(alliance=first, code="DOWN")
    version = CharterVersion.objects.get(state="published", charter__alliance=first)
    make_signature(version, rival_member, make_authority(world.seats["first other member"], rival_member))
    # One that has signed nothing, and somebody there who can be reminded of it.
    late = make_seat(organisation=make_organisation("late member"))
    give_role(late, Role.MEMBER_ADMIN)
    make_membership(first, late.organisation, "LATE")

    def letter(organisation: Organisation) -> Document:
        return SeatAuthority.objects.filter(membership__organisation=organisation).earliest("pk").letter

    samples.objects = {
        "identity.Alliance": {"same": first, "other": second},
        "identity.OperatingEntity": {"same": entity, "other": other_entity},
        "identity.Organisation": {"own": company, "same": rival, "other": stranger, "untied": make_organisation("new")},
        "identity.Seat": {
            "self": own(Seat, "pk"),
            **by_company(Seat.objects.filter(ended_at=None, role_assignments__role__in=_MEMBERS), "organisation"),
            "office": world.seats["first legal"],
            "waiting": prepared_seat(company, world.seats["first secretariat"]),
        },
        "identity.User": {
            "self": own(User, "pk", "user_id"),
            "own": make_seat(organisation=company).user,
            "same": world.seats["first other member"].user,
            "other": world.seats["second member_staff"].user,
            "office": world.seats["first legal"].user,
        },
        "identity.RoleAssignment": {
            "self": own(RoleAssignment, "seat"),
            **by_company(RoleAssignment.objects.filter(role__in=_MEMBERS), "seat__organisation"),
            "office": world.seats["first legal"].role_assignments.get(),
        },
        "access.AccessLogEntry": {
            "self": own(AccessLogEntry, "user", "user_id"),
            "other": AccessLogEntry.objects.get(user=elsewhere_user),
        },
        "access.StaffSession": by_alliance(StaffSession.objects.filter(ended_at=None)),
        "audit.AuditEvent": {
            **by_alliance(AuditEvent.objects.filter(name="alliance.edited")),
            "entity": event_on(programme, world.seats["first finance"]),
            "other_entity": event_on(elsewhere, world.seats["second finance"]),
            "own": event_on(company, world.seats["first member_staff"]),
            "rival": event_on(rival, world.seats["first other member"]),
            "stranger": event_on(stranger, world.seats["second member_staff"]),
        },
        "audit.AuditSeal": {"same": AuditSeal.objects.earliest("pk")},
        "documents.Document": {
            "own": Document.objects.get(subject_id=company.pk),
            "same": Document.objects.get(subject_id=rival.pk),
            "other": Document.objects.get(subject_id=stranger.pk),
            "own_letter": letter(company),
            "same_letter": letter(rival),
            "other_letter": letter(stranger),
        },
        "exchange.Import": by_alliance(Import.objects.all()),
        "connections.Connection": by_alliance(Connection.objects.all()),
        "exchange.SavedMapping": by_alliance(SavedMapping.objects.all()),
        "jobs.Job": {
            "self": own(Job, "seat"),
            "other": Job.objects.get(seat=world.seats["second without role"]),
        },
        "messaging.Message": {
            "self": own(Message, "user", "user_id"),
            "other": Message.objects.get(user=elsewhere_user),
        },
        "signin.ApiToken": {
            "self": own(ApiToken, "user", "user_id"),
            "other": ApiToken.objects.get(user=elsewhere_user),
        },
        "signin.Invitation": {
            "self": own(Invitation, "invited_by"),
            "own": Invitation.objects.get(invited_by=world.seats["first member_staff"]),
            "same": Invitation.objects.get(invited_by=world.seats["first other member"]),
            "other": Invitation.objects.get(invited_by=world.seats["second member_staff"]),
            "office": Invitation.objects.get(invited_by=world.seats["first legal"]),
        },
        "conflicts.Affiliation": by_company(Affiliation.objects.all(), "first"),
        "conflicts.DeclaredTie": {
            "self": own(DeclaredTie, "user", "user_id"),
            "office": DeclaredTie.objects.get(user=world.seats["first legal"].user),
            "same": make_declared_tie(world.seats["first other member"].user, make_organisation("new employer")),
            "other": DeclaredTie.objects.get(user=elsewhere_user),
        },
        "conflicts.Undertaking": {
            "self": own(Undertaking, "user", "user_id"),
            "office": Undertaking.objects.get(user=world.seats["first legal"].user),
            "unconfirmed": make_undertaking(office.user, first, confirmed=False),
            "other": Undertaking.objects.get(user=elsewhere_user),
        },
        "lists.SavedView": {
            "self": own(SavedView, "user", "user_id"),
            "other": SavedView.objects.get(user=world.seats["second licensee"].user),
        },
        "webhooks.Webhook": {
            "self": own(Webhook, "seat"),
            "own": make_webhook(make_seat(organisation=company)),
            "same": make_webhook(world.seats["first other member"]),
            "other": Webhook.objects.get(seat=world.seats["second member_staff"]),
        },
        "notices.Notice": {
            "self": own(Notice, "seat", subject_id=first.pk),
            "self_hidden": own(Notice, "seat", subject_id=second.pk),
            "other": Notice.objects.get(seat=world.seats["first other member"], subject_id=first.pk),
        },
        "charter.Charter": by_alliance(Charter.objects.all()),
        "charter.CharterVersion": {
            **by_alliance(CharterVersion.objects.filter(state="published"), "charter__alliance"),
            "draft": CharterVersion.objects.get(state="draft", charter__alliance=first),
        },
        "charter.CharterSignature": by_company(CharterSignature.objects.all(), "membership__organisation"),
        "charter.SeatAuthority": by_company(SeatAuthority.objects.all(), "membership__organisation"),
        "signin.Session": {"self": own(Session, "user", "user_id"), "other": Session.objects.get(user=elsewhere_user)},
        "signin.Lock": {"self": own(Lock, "user", "user_id"), "other": Lock.objects.get(user=elsewhere_user)},
        "memberships.Membership": by_company(Membership.objects.filter(code__in=("UP", "DOWN")), "organisation"),
        "memberships.MembershipRules": by_alliance(MembershipRules.objects.all()),
        "patents.Patent": {**by_company(Patent.objects.filter(entries=None), "ownerships__owner")},
        "patents.Encumbrance": by_company(
            Encumbrance.objects.filter(patent__entries=None), "patent__ownerships__owner"
        ),
        "patents.Difference": by_company(Difference.objects.filter(patent__entries=None), "patent__ownerships__owner"),
        "patents.PatentFamily": {
            relation: make_patent(where, f"CN{where.code}Z", owner).family
            for relation, where, owner in (("same", first, rival), ("other", second, stranger))
        },
        "composition.Pool": by_alliance(Pool.objects.filter(code="quiet")),
        "composition.PoolMember": by_company(PoolMember.objects.filter(pool__code="quiet"), "membership__organisation"),
        "composition.PoolEntry": by_company(
            PoolEntry.objects.filter(member__pool__code="quiet"), "member__membership__organisation"
        ),
        "composition.ListVersion": {
            **by_alliance(ListVersion.objects.filter(pool__code="quiet"), "pool__alliance"),
            "launched": ListVersion.objects.get(pool__alliance=first, pool__code="open"),
        },
        "composition.ListLine": {
            **by_alliance(ListLine.objects.filter(version__pool__code="quiet"), "version__pool__alliance"),
            "launched": ListLine.objects.filter(version__pool__alliance=first, version__pool__code="open")[0],
        },
        "charts.ChartTarget": {
            **by_company(ChartTarget.objects.filter(patent__entries=None), "organisation"),
            "own_bare": make_chart_target(Patent.objects.filter(ownerships__owner=company)[0], company, name="bare"),
        },
        "charts.ClaimChart": {
            **by_company(ClaimChart.objects.filter(state="draft"), "target__organisation"),
            **submitted_charts(company, rival),
        },
        **direct_samples(company, rival, stranger),
        **open_samples(company, rival, stranger),
        **bilateral_samples(programme, elsewhere, company, rival),
        **clauses_samples((company, rival, stranger), world.seats["first secretariat"].user),
        "asking.LicenceRequest": {
            **by_company(LicenceRequest.objects.filter(state="received"), "addressee"),
            "own_unconfirmed": LicenceRequest.objects.get(state="unconfirmed", addressee=company),
        },
        "dealings.Dealing": {
            **by_company(Dealing.objects.filter(programme__code="reported"), "prospect"),
            "firm": Dealing.objects.get(
                programme__code="reported", prospect=world.seats["first prospect"].organisation
            ),
        },
        "dealings.ContractTemplate": by_alliance(
            ContractTemplate.objects.filter(programme__code="reported"), "programme__alliance"
        ),
        "submissions.Call": {
            **by_alliance(Call.objects.filter(state="published"), "pool__alliance"),
            "draft": Call.objects.get(state="draft", pool__alliance=first),
            "for_anybody": make_call(Pool.objects.get(alliance=first, code="quiet"), audience="public"),
        },
        "submissions.Submission": {
            "own_draft": Submission.objects.get(state="draft", membership__organisation=company),
            "same_draft": Submission.objects.get(state="draft", membership__organisation=rival),
            **by_company(Submission.objects.filter(state="submitted"), "membership__organisation"),
        },
        "submissions.Panel": {
            relation: staffed(panel, office.organisation)
            for relation, panel in by_company(Panel.objects.all(), "submission__membership__organisation").items()
        },
        "submissions.Opinion": {
            **by_company(Opinion.objects.filter(state="draft"), "submission__membership__organisation"),
            "own_given": Opinion.objects.get(state="given", submission__membership__organisation=company),
            "same_final": Opinion.objects.get(state="given", submission__membership__organisation=rival),
        },
        "terms.Programme": by_alliance(Programme.objects.filter(code="quiet-tv")),
        "terms.TermsVersion": by_alliance(
            TermsVersion.objects.filter(programme__code="quiet-tv", state="published"), "programme__alliance"
        ),
        "agreements.Licence": by_company(Licence.objects.all(), "licensee", programme__code="reported"),
        "agreements.LicenceChange": by_company(LicenceChange.objects.all(), "licence__licensee", **of_programme),
        "agreements.Charge": by_company(Charge.objects.all(), "licence__licensee", **of_programme),
        "agreements.Receipt": by_company(Receipt.objects.all(), "licence__licensee", **of_programme),
        "agreements.BilateralLicence": by_company(BilateralLicence.objects.all(), "licence__licensee", **of_programme),
        "agreements.ExchangeRate": by_alliance(
            ExchangeRate.objects.filter(programme__code="reported"), "programme__alliance"
        ),
        **billing_samples(by_company, by_alliance),
        "reports.SalesReport": by_company(SalesReport.objects.filter(kind=FileKind.CSV), "licence__licensee"),
        "deductions.DeductionComparison": by_company(DeductionComparison.objects.all(), "report__licence__licensee"),
        "deductions.DoubtfulDeduction": by_company(DoubtfulDeduction.objects.all(), "report__licence__licensee"),
        "reports.ReportDraft": by_company(ReportDraft.objects.all(), "licence__licensee"),
        "reports.EstimateTerms": by_alliance(EstimateTerms.objects.all(), "programme__alliance"),
        "reports.ReportAuthority": by_company(ReportAuthority.objects.all(), "licence__licensee"),
        "reports.ProductAlias": {
            **by_company(ProductAlias.objects.all(), "licence__licensee"),
            "of_all": ProductAlias.objects.get(licence=None, programme=programme),
        },
        "close.CloseRun": by_alliance(posted, "programme__alliance"),
        "close.Adjustment": by_alliance(Adjustment.objects.all(), "run__programme__alliance"),
        "close.Statement": {
            **by_company(statements.filter(run__in=posted), "membership__organisation"),
            "correction": statements.filter(
                run__corrects__isnull=False, run__status="posted", membership__organisation=company
            )[0],
            "calculated": statements.filter(run__status="calculated", membership__organisation=company)[0],
        },
        **distribution_samples(by_company, by_alliance),
        "deadlines.Deadline": by_company(Deadline.objects.all(), "organisation"),
        "deadlines.DeadlineRun": by_alliance(DeadlineRun.objects.all()),
        "deadlines.CalendarFeed": {
            "self": own(CalendarFeed, "seat"),
            "own": make_feed(make_seat(organisation=company)),
            "same": CalendarFeed.objects.get(seat=world.seats["first other member"]),
            "other": CalendarFeed.objects.get(seat=world.seats["second member_staff"]),
        },
        "upkeep.AnnuityPayment": by_company(AnnuityPayment.objects.filter(line=None), "organisation"),
        "upkeep.PaymentOrder": by_company(PaymentOrder.objects.all(), "organisation"),
        **books_of(world),
        **treasury_of(world),
        "": {"itself": first},
    }
    samples.objects["terms.TermsVersion"]["draft"] = TermsVersion.objects.get(
        programme__code="quiet-tv", programme__alliance=first, state="draft"
    )
    samples.objects["close.CloseRun"]["calculated"] = CloseRun.objects.filter(
        programme__alliance=first, status="calculated"
    ).earliest("pk")

    def make_pooled(code: str) -> Patent:
        member = PoolMember.objects.get(pool__alliance=first, pool__code=code, membership__organisation=rival)
        return make_entry(member, make_patent(first, f"CN-{code}", rival)).patent

    samples.objects["patents.Patent"]["pooled"] = make_pooled("quiet")
    for kind, launched in (
        ("composition.Pool", Pool.objects.get(alliance=first, code="open")),
        ("terms.Programme", Programme.objects.get(alliance=first, code="open-tv")),
        (
            "terms.TermsVersion",
            TermsVersion.objects.get(programme__alliance=first, programme__code="open-tv", number=1),
        ),
        ("patents.Patent", make_pooled("open")),
        ("agreements.Licence", Licence.objects.get(programme__alliance=first, programme__code="open-tv", code="L1")),
    ):
        samples.objects[kind]["launched"] = launched
    for relation in ("pooled", "launched"):
        of_pool = samples.objects["patents.Patent"][relation]
        assert isinstance(of_pool, Patent)
        samples.objects["patents.Difference"][relation] = make_difference(of_pool, make_source(first, rival))
        samples.objects["patents.Encumbrance"][relation] = make_encumbrance(of_pool)
        samples.objects["patents.Encumbrance"][f"{relation}_register"] = make_encumbrance(
            of_pool, kind="pledge", register_number="Y2024980000001", is_public=True
        )
    for name in EVERYBODY:
        samples.askers.append(asker_named(world, name))
    for kind, relation, row in give_by_hand(samples.askers):
        samples.objects[kind][relation] = row
    evaluated = samples.objects["submissions.Submission"]["assigned"]
    assert isinstance(evaluated, Submission)
    write_files(samples)
    # The letter on file names the licensee's seat of the table; it is for its own licence alone.
    signing = next(asker.actor for asker in samples.askers if asker.name == "licensee")
    own_draft = samples.objects["reports.ReportDraft"]["own"]
    assert signing is not None
    assert signing.seat_id is not None
    assert isinstance(own_draft, ReportDraft)
    seat = Seat.objects.get(pk=signing.seat_id)
    make_report_authority(Licence.objects.get(programme=programme, licensee=company), seat)
    given_by = {"same": world.seats["first secretariat"], "other": world.seats["second secretariat"]}
    samples.objects["access.Grant"] = {
        relation: make_grant(patent, make_seat(), "patent.read", by=given_by[relation])
        for relation in given_by
        if isinstance(patent := samples.objects["patents.Patent"][relation], Patent)
    }
    samples.values = {
        "user": str(office.user_id),
        "new_user": str(make_user().pk),
        "seat": str(office.pk),
        "company": str(company.pk),
        "rival": str(rival.pk),
        "nobodys": str(make_organisation("nobody's").pk),
        "stranger": str(stranger.pk),
        "alliance": str(first.pk),
        "entity": str(entity.pk),
        "bank_account": str(entity.bank_accounts.filter(purpose="royalties").earliest("pk").pk),
        "pool": str(Pool.objects.get(alliance=first, code="quiet").pk),
        "membership": str(Membership.objects.get(alliance=first, code="HELD").pk),
        "member": str(PoolMember.objects.filter(pool__alliance=first, pool__code="quiet").earliest("pk").pk),
        "listed": str(PoolMember.objects.filter(pool__alliance=first, pool__code="open").earliest("pk").pk),
        "membership_of_pool": str(PoolMember.objects.filter(pool=programme.pool).earliest("pk").membership_id),
        "reported_member": str(PoolMember.objects.filter(pool=programme.pool).earliest("pk").pk),
        "difference": str(Difference.objects.filter(patent__ownerships__owner=company).earliest("pk").pk),
        "other_difference": str(Difference.objects.filter(patent__ownerships__owner=company).latest("pk").pk),
        "patent": str(Patent.objects.filter(alliance=first, entries=None).earliest("pk").pk),
        "version": str(version.pk),
        "letter": str(letter(company).pk),
        "claim": str(evaluated.claims.earliest("pk").pk),
        "call": str(Call.objects.filter(state="published", pool__alliance=first).earliest("pk").pk),
        **{f"evaluator{number}": str(make_evaluator(office.organisation).pk) for number in (1, 2, 3)},
        "lines": file_sha256(draft_folder(own_draft.pk) / LINES_NAME),
        "reporting_seat": str(signing.seat_id),
        "member_seat": str(world.seats["first member_admin"].pk),
        "terms": str(programme.terms_versions.get(number=1).pk),
        "template": str(ContractTemplate.objects.get(programme=programme).pk),
        "patent_list": str(ListVersion.objects.filter(pool=programme.pool).earliest("pk").pk),
        **billing_values(entity, company, world.seats["first finance"].user),
        "line": str(PaymentOrder.objects.get(organisation=company).lines.filter(payment=None).earliest("position").pk),
        "paid_line": str(
            PaymentOrder.objects.get(organisation=company).lines.exclude(payment=None).earliest("position").pk
        ),
        "fapiao": str(
            Document.objects.get(
                subject_id__in=MemberInvoice.objects.filter(membership__organisation=company).values("pk")
            ).pk
        ),
        "receipt": str(Document.objects.get(subject_id=PaymentOrder.objects.get(organisation=company).pk).pk),
    }
    # Last of all, for they add licences.
    samples.objects |= breach_samples((company, rival, stranger), world.seats["first secretariat"].user)
    return samples
