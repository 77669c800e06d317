"""Licences outside a programme as somebody of a company, of its rival or of a stranger finds them."""

from licensing.direct.models import DirectLicence, DirectState
from platform_core.identity.models import Organisation
from pools.patents.models import Patent
from tests.api.matrix.kept import Sample
from tests.factories.direct import make_direct_licence


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
