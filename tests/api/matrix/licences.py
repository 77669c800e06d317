"""What is agreed of licences besides their price, and not kept, as a company, its rival or a stranger finds it."""

from licensing.agreements.models import Licence
from licensing.breaches.lifecycle import TerminationState
from licensing.breaches.models import Termination
from licensing.clauses.lifecycle import EndingState
from licensing.clauses.models import FavourEnding, FavourNotice, LicenceClauses
from platform_core.identity.models import Organisation, User
from tests.api.matrix.kept import Sample
from tests.api.matrix.making import own
from tests.factories.agreements import make_licence
from tests.factories.breaches import make_breach, make_termination
from tests.factories.clauses import make_clauses, make_favour_ending
from tests.factories.core import make_organisation


def clauses_samples(companies: tuple[Organisation, ...], office: User) -> dict[str, dict[str, Sample]]:
    """Return clauses by company, proposals to end them, one that was approved, and one of the office's own people."""
    relations = dict(zip(("own", "same", "other"), companies, strict=True))
    licences = {
        relation: Licence.objects.get(programme__code="reported", licensee=company)
        for relation, company in relations.items()
    }
    template = licences["own"]
    favoured = Licence.objects.create(
        programme=template.programme,
        terms_version=template.terms_version,
        licensee=make_organisation("favoured"),
        code="favoured",
        state=template.state,
    )
    make_clauses(favoured)
    make_favour_ending(favoured, office)
    approved = make_favour_ending(template, state=EndingState.APPROVED)
    return {
        "clauses.LicenceClauses": {
            relation: LicenceClauses.objects.get(licence=licence) for relation, licence in licences.items()
        },
        "clauses.FavourNotice": {
            relation: FavourNotice.objects.filter(licence=licence).earliest("pk")
            for relation, licence in licences.items()
        },
        "clauses.FavourEnding": {
            **{relation: make_favour_ending(licence) for relation, licence in licences.items()},
            "own_approved": approved,
            "self": own(FavourEnding, "proposed_by", "user_id"),
        },
    }


def breach_samples(companies: tuple[Organisation, ...], office: User) -> dict[str, dict[str, Sample]]:
    """Return open breaches by company, and ends of licences: proposed, approved, and one of the office's own people.

    Each of a licence of its own, for a licence with an open breach takes its steps there alone.
    """
    relations = dict(zip(("own", "same", "other"), companies, strict=True))
    broken = {
        relation: make_licence(
            Licence.objects.filter(programme__code="reported", licensee=company).earliest("pk").programme,
            company,
            f"broken {relation}",
        )
        for relation, company in relations.items()
    }
    ended = make_licence(broken["own"].programme, companies[0], "ended")
    elsewhere = make_licence(broken["own"].programme, make_organisation("leaving"), "leaving")
    make_termination(elsewhere, office)
    return {
        "breaches.Breach": {relation: make_breach(licence) for relation, licence in broken.items()},
        "breaches.Termination": {
            **{relation: make_termination(licence) for relation, licence in broken.items()},
            "own_approved": make_termination(ended, state=TerminationState.APPROVED),
            "self": own(Termination, "proposed_by", "user_id"),
        },
    }
