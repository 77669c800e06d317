"""Licences outside a programme and open ones as somebody of a company, of its rival or of a stranger finds them."""

from licensing.direct.models import DirectLicence, DirectState
from licensing.openlicences.models import DeclarationState, OpenDeclaration, OpenLicence, OpenLicenceState, OpenPayment
from platform_core.identity.models import Organisation
from pools.patents.models import Patent
from tests.api.matrix.kept import Sample
from tests.factories.direct import make_direct_licence
from tests.factories.openlicences import make_open_licence, make_open_payment


def direct_samples(company: Organisation, rival: Organisation, stranger: Organisation) -> dict[str, dict[str, Sample]]:
    """Return what a company gave, as a draft, sent, signed and in force, what it was given, and what others gave."""
    given = DirectLicence.objects.filter(licensor=company)
    patent = Patent.objects.filter(ownerships__owner=rival).earliest("pk")
    # Nobody who is asked here signed it for the licensee.
    signed = make_direct_licence(company, rival, [given[0].patents.all()[0].patent], DirectState.SIGNED)
    return {
        "direct.DirectLicence": {
            **{f"own_{state}": given.get(state=state) for state in ("draft", "sent", "in_force")},
            "own_signed": signed,
            "own_taken": make_direct_licence(rival, company, [patent], DirectState.SENT, may_sublicense=True),
            "same": DirectLicence.objects.get(licensor=rival, state="in_force"),
            "other": DirectLicence.objects.get(licensor=stranger, state="in_force"),
        }
    }


def open_samples(company: Organisation, rival: Organisation, stranger: Organisation) -> dict[str, dict[str, Sample]]:
    """Return declarations of a company, its rival and a stranger, and licences that were given or taken under them."""
    own, same, other = (OpenDeclaration.objects.filter(owner=one) for one in (company, rival, stranger))
    announced = same.get(state=DeclarationState.ANNOUNCED)
    taken = make_open_licence(announced, company)
    return {
        "openlicences.OpenDeclaration": {
            **{f"own_{state}": own.get(state=state) for state in ("draft", "filed", "announced")},
            "same_draft": same.get(state=DeclarationState.DRAFT),
            "same_announced": announced,
            "other_announced": other.get(state=DeclarationState.ANNOUNCED),
        },
        "openlicences.OpenLicence": {
            "own_given": OpenLicence.objects.get(declaration__owner=company, state=OpenLicenceState.IN_FORCE),
            "own_taken": taken,
            "own_prepared": make_open_licence(
                other.get(state=DeclarationState.ANNOUNCED), company, OpenLicenceState.PREPARED
            ),
            "to_own_prepared": OpenLicence.objects.get(declaration__owner=company, state=OpenLicenceState.PREPARED),
            "same": OpenLicence.objects.get(
                declaration__owner=rival, state=OpenLicenceState.IN_FORCE, licensee__name_zh__endswith="practising firm"
            ),
            "other": OpenLicence.objects.get(declaration__owner=stranger, state=OpenLicenceState.IN_FORCE),
        },
        "openlicences.OpenPayment": {
            "own_given": OpenPayment.objects.get(licence__declaration__owner=company),
            "own_taken": make_open_payment(taken),
            "other": OpenPayment.objects.get(licence__declaration__owner=stranger),
        },
    }
