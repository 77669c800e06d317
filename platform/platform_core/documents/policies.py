"""Who may read documents: whoever may read the papers of what they hang on."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import Relation, everything, own_organisation
from platform_core.documents.models import Document
from platform_core.documents.subjects import declare_subject, of_readable_subject
from platform_core.identity.models import Organisation
from platform_core.identity.policies import ORGANISATION_POLICY
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.identity.ties import tied_to_no_other_alliance

READ_DOCUMENT = Permission("document.read")
READ_PAPERS = Permission("organisation.read_papers")
ATTACH_PAPER = Permission("organisation.attach_paper")

DOCUMENT_POLICY = register(
    Policy(
        Document,
        read=READ_DOCUMENT,
        rules=[
            allow(Audience.SIGNED_IN, READ_DOCUMENT, of_readable_subject()),
            allow(COMMAND_LINE, READ_DOCUMENT, everything()),
        ],
    )
)


def _unless_hidden(relation: Relation) -> Relation:
    """Leave out organisations of which the actor undertook to see nothing: they are named, but show no papers."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        reached = relation.reach(actor, assignments)
        left = actor.screen.leaves("pk") if actor.screen is not None else None
        return reached if left is None else reached & left

    return Relation(relation.label, reach, relation.path)


# Certificates and the like are for the organisation's own administrator and for an office that no other alliance is
# concerned with. Whoever keeps the installation edits an organisation's data, but has no right to read its papers.
ORGANISATION_POLICY.extend(
    allow(Role.MEMBER_ADMIN, {READ_PAPERS, ATTACH_PAPER}, _unless_hidden(own_organisation("pk"))),
    allow(Role.SECRETARIAT, {READ_PAPERS, ATTACH_PAPER}, _unless_hidden(own_organisation("pk"))),
    allow(Role.SECRETARIAT, {READ_PAPERS, ATTACH_PAPER}, _unless_hidden(tied_to_no_other_alliance())),
    allow(COMMAND_LINE, {READ_PAPERS, ATTACH_PAPER}, everything()),
)
declare_subject(Organisation, read=READ_PAPERS, attach=ATTACH_PAPER)
declare_reference(Reference(Document, "organisation", Fate.KEPT, "whose seat brought it, as it was then"))
