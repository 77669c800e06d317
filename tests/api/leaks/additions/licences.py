"""Licences in and outside a programme, what they say, what is reported under them, and audits."""

from datetime import date

from licensing.agreements.models import Licence
from licensing.bilaterals.models import ClaimState
from licensing.breaches.lifecycle import TerminationState
from licensing.openlicences.models import DeclarationState, OpenDeclaration, OpenLicenceState
from platform_core.identity.models import Seat
from tests.api.leaks.additions.places import WORD, Elsewhere, month, number
from tests.factories.agreements import make_licence
from tests.factories.audits import end_audits, make_audit, make_clause
from tests.factories.bilaterals import make_claim
from tests.factories.breaches import make_breach, make_termination
from tests.factories.clauses import make_clauses, make_favour_ending, make_favour_notice
from tests.factories.core import (
    make_organisation,
    make_seat,
)
from tests.factories.dealings import make_contract, make_dealing, make_offer_row, make_template
from tests.factories.deductions import make_comparison, make_doubt
from tests.factories.direct import make_direct_licence, make_owner_consent
from tests.factories.openlicences import (
    make_declaration,
    make_open_consent,
    make_open_licence,
    make_open_payment,
    make_open_statement,
)
from tests.factories.patents import make_patent
from tests.factories.reports import (
    make_estimate_terms,
    make_filed_report,
    make_product_alias,
    make_report_authority,
    make_report_draft,
    make_report_reminder,
)
from tests.factories.terms import make_terms


def add_clauses(at: Elsewhere) -> None:
    licence = make_licence(at.programme, at.licensee, f"{WORD}-{number()}")
    make_clauses(licence, note=WORD)
    make_favour_notice(licence)
    make_favour_ending(licence, reason=WORD)


def add_breach(at: Elsewhere) -> None:
    """That a rival is in breach, and that its licence is to end."""
    licence = make_licence(at.programme, at.licensee, f"{WORD}-{number()}")
    make_breach(licence, text=WORD)
    make_termination(licence, reason=WORD)
    make_termination(licence, state=TerminationState.APPROVED, reason=WORD)


def add_direct_licence(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{number()}B", at.company)
    licence = make_direct_licence(at.company, make_organisation(WORD), [patent], code=f"{WORD}-{number()}")
    make_owner_consent(licence, make_organisation(WORD))


def add_open_licence(at: Elsewhere) -> None:
    """A rival's draft, what it filed, and whoever takes licences of it: what is announced is for everybody."""
    drafts = [
        make_declaration(at.company, make_patent(at.alliance, f"CN{WORD}{number()}B", at.company), state, contact=WORD)
        for state in (DeclarationState.DRAFT, DeclarationState.FILED, DeclarationState.REFUSED)
    ]
    make_open_consent(drafts[0], make_organisation(WORD))
    standing = OpenDeclaration.objects.filter(owner=at.company, state=DeclarationState.ANNOUNCED).earliest("pk")
    licence = make_open_licence(standing, make_organisation(WORD))
    make_open_licence(standing, make_organisation(WORD), OpenLicenceState.PREPARED)
    make_open_statement(licence)
    make_open_payment(licence)


def add_bilateral_claim(at: Elsewhere) -> None:
    """What somebody else's licensee says to hold from a rival, before and after the rival is asked."""
    licence = Licence.objects.filter(programme__pool=at.member.pool).exclude(licensee=at.company).earliest("pk")
    make_claim(licence, at.member, starts_on=month(), stands_in=WORD)
    make_claim(licence, at.member, ClaimState.ASKED, starts_on=month(), stands_in=WORD)


def add_dealing(at: Elsewhere) -> None:
    """What a firm that nobody knows of yet is offered: a programme, a list or terms of its own would be seen."""
    dealing = make_dealing(at.programme, make_organisation(WORD), message=WORD)
    offer = make_offer_row(dealing, fee_basis=WORD)
    make_contract(dealing, offer, make_template(at.programme, title_zh=WORD, title_en=WORD))


def add_terms(at: Elsewhere) -> None:
    make_terms(at.programme, number(), in_force_from=month(), published_at=None)


def add_report(at: Elsewhere) -> None:
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    make_filed_report(licence, month())
    make_report_reminder(licence, month())
    make_report_draft(licence, month())
    make_report_authority(licence, at.seat, title=WORD)
    make_product_alias(at.programme, f"{WORD} {number()}", licence)


def add_estimate_terms(at: Elsewhere) -> None:
    """Apart from reports: they bring along who recorded them, whom the site's keeper sees."""
    make_estimate_terms(at.programme, stands_in=WORD)


def add_deduction(at: Elsewhere) -> None:
    """What a rival claims for a brand, beside what the brand reported, and that it is asked about it."""
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    comparison = make_comparison(make_filed_report(licence, month()), at.company, reason=WORD)
    make_doubt(comparison, request=WORD)


def add_audit(at: Elsewhere) -> None:
    """That a rival is audited, by what clause, and what was found."""
    _audit(at, make_seat(organisation=make_organisation(WORD)))


def add_direct_licence_within(at: Elsewhere) -> None:
    """Like `add_direct_licence`, with no organisation that an office could find."""
    patent = make_patent(at.alliance, f"CN{WORD}{number()}B", at.company)
    licence = make_direct_licence(at.company, at.licensee, [patent], code=f"{WORD}-{number()}")
    make_owner_consent(licence, at.licensee)


def add_open_declaration_within(at: Elsewhere) -> None:
    """Like a draft of `add_open_licence`, with no organisation that an office could find."""
    make_declaration(
        at.company, make_patent(at.alliance, f"CN{WORD}{number()}B", at.company), DeclarationState.DRAFT, contact=WORD
    )


def add_open_licence_within(at: Elsewhere) -> None:
    """Like `add_open_licence`, with no organisation that an office could find."""
    standing = OpenDeclaration.objects.filter(owner=at.company, state=DeclarationState.ANNOUNCED).earliest("pk")
    make_open_consent(standing, at.licensee, contents_sha256=f"{number()}".zfill(64))
    # One licence of a firm counts at a time: the one before was given up.
    standing.licences.filter(licensee=at.licensee, state=OpenLicenceState.IN_FORCE).update(
        state=OpenLicenceState.ENDED, ends_on=date(2026, 2, 2), end_reason=WORD
    )
    licence = make_open_licence(standing, at.licensee)
    make_open_statement(licence)
    make_open_payment(licence)


def add_audit_within(at: Elsewhere) -> None:
    """Like `add_audit`, with no organisation that an office could find."""
    _audit(at, make_seat(organisation=at.company))


def _audit(at: Elsewhere, auditor: Seat) -> None:
    """Audit the company: one audit of a licence at a time is under way."""
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    end_audits(licence)
    make_audit(licence, auditor, clause=make_clause(licence, from_on=month()))
