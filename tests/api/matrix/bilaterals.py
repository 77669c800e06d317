"""Claims of bilateral licences as somebody of a company finds them that is a licensee and a member of the pool."""

from licensing.agreements.models import Licence
from licensing.bilaterals.models import BilateralClaim, ClaimState
from licensing.terms.models import Programme
from platform_core.identity.models import Organisation
from pools.composition.models import PoolMember
from tests.api.matrix.kept import Sample
from tests.factories.bilaterals import make_claim


def bilateral_samples(
    programme: Programme, elsewhere: Programme, company: Organisation, rival: Organisation
) -> dict[str, dict[str, Sample]]:
    """Return what a company claims of its rival, what it is asked about, what it is not asked yet, and another's."""

    def member(organisation: Organisation) -> PoolMember:
        return PoolMember.objects.get(pool=programme.pool, membership__organisation=organisation)

    def licence(organisation: Organisation) -> Licence:
        return Licence.objects.get(programme=programme, licensee=organisation)

    return {
        "bilaterals.BilateralClaim": {
            "own": make_claim(licence(company), member(rival)),
            "own_asked": make_claim(licence(company), member(rival), ClaimState.ASKED, starts_on=None),
            "of_own": make_claim(licence(rival), member(company), ClaimState.ASKED),
            "same": make_claim(licence(rival), member(company), starts_on=None),
            "other": BilateralClaim.objects.filter(
                licence__programme__alliance=elsewhere.alliance, state=ClaimState.ASKED
            )[0],
        }
    }
