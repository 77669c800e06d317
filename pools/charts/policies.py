"""Who may see what an owner says its patents read on: the owner, and whom a patent is assigned to.

A chart of one owner is never another's, not of the same patent either. A room above opens single versions to those who
read what they were handed in with, as submissions do; a confidentiality ring will do the same.
"""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import Actor, Assignment
from platform_core.access.grants.relations import assigned
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, own_organisation
from platform_core.documents.subjects import declare_subject
from platform_core.identity.policies import ORGANISATION_POLICY
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from pools.charts.models import ChartTarget, ClaimChart
from pools.patents.models import Patent
from pools.patents.policies import PATENT_DESK, PATENT_POLICY, owned

CHART_PATENT = Permission("patent.chart")
READ_CHART_TARGET = Permission("chart_target.read")
EDIT_CHART_TARGET = Permission("chart_target.edit")
WRITE_CHARTS = Permission("organisation.write_charts")
"""Working out what the patents of an organisation read on; of what was taken back, these alone hear."""
READ_CLAIM_CHART = Permission("claim_chart.read")
EDIT_CLAIM_CHART = Permission("claim_chart.edit")

_OWN_UNTIL_SUBMITTED = "what an owner works out about its patents is its own until it hands it in"


def _of_assigned_patent() -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = assigned(Patent).reach(actor, assignments)
        if rows is NOTHING:
            return NOTHING
        return Q(patent__in=Patent._base_manager.filter(rows).order_by().values("pk"))

    return Relation("of a patent that was assigned", reach, by_assignment=True)


CHART_TARGET_POLICY = register(
    Policy(
        ChartTarget,
        read=READ_CHART_TARGET,
        no_staff=_OWN_UNTIL_SUBMITTED,
        rules=[
            allow(PATENT_DESK, {READ_CHART_TARGET, EDIT_CHART_TARGET}, own_organisation()),
            allow((Role.OPERATOR, Role.LEGAL), READ_CHART_TARGET, _of_assigned_patent()),
        ],
    )
)
CLAIM_CHART_POLICY = register(
    Policy(
        ClaimChart,
        read=READ_CLAIM_CHART,
        rules=[
            allow(Audience.SIGNED_IN, READ_CLAIM_CHART, follows("target", READ_CHART_TARGET, ChartTarget)),
            allow(PATENT_DESK, EDIT_CLAIM_CHART, own_organisation("target__organisation")),
        ],
    )
)
ORGANISATION_POLICY.extend(allow(PATENT_DESK, WRITE_CHARTS, own_organisation("pk")))
PATENT_POLICY.extend(allow(PATENT_DESK, CHART_PATENT, owned(now=True)))
declare_subject(ChartTarget, read=READ_CHART_TARGET, attach=EDIT_CHART_TARGET)
CHART_TARGET_POLICY.belong_to("organisation")
CLAIM_CHART_POLICY.belong_to("target__organisation")
declare_reference(
    Reference(ChartTarget, "organisation", Fate.MOVED, "what it worked out about its patents stays its own", quiet=True)
)
