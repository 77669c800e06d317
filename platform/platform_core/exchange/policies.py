"""Who may see imports: whoever brings in such things for the alliance, and the organisation that did."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment, SystemWork
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import Relation, everything, in_alliance
from platform_core.exchange.models import Import, SavedMapping
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.jobs.policies import CANCEL_JOB, JOB_POLICY, READ_JOB

READ_IMPORT = Permission("import.read")
RUN_IMPORT = Permission("import.run")
READ_SAVED_MAPPING = Permission("saved_mapping.read")
FORGET_MAPPING = Permission("saved_mapping.forget")

IMPORT_WORK = SystemWork("imports")
"""Reads files, takes them in and back, on behalf of whoever asked for it."""

IMPORT_POLICY = register(
    Policy(
        Import,
        read=READ_IMPORT,
        rules=[
            allow(Role.SECRETARIAT, {READ_IMPORT, RUN_IMPORT}, in_alliance()),
            allow(Audience.STAFF, READ_IMPORT, in_alliance()),
            allow((COMMAND_LINE, IMPORT_WORK), {READ_IMPORT, RUN_IMPORT}, everything()),
        ],
    )
)
IMPORT_POLICY.belong_to("organisation")
declare_reference(Reference(Import, "organisation", Fate.KEPT, "whose seat brought it, as it was then"))

SAVED_MAPPING_POLICY = register(
    Policy(
        SavedMapping,
        read=READ_SAVED_MAPPING,
        rules=[
            allow(Role.SECRETARIAT, {READ_SAVED_MAPPING, FORGET_MAPPING}, in_alliance()),
            allow(Audience.STAFF, READ_SAVED_MAPPING, in_alliance()),
            allow((COMMAND_LINE, IMPORT_WORK), READ_SAVED_MAPPING, everything()),
        ],
    )
)


def _work_on_imports() -> Relation:
    """Reach the work on imports of the alliances that the role is held in."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        alliances = [row.alliance_id for row in assignments if row.alliance_id is not None]
        imports = Import.objects.filter(alliance__in=alliances)
        return Q(subject_type=Import._meta.label_lower, subject_id__in=imports.order_by().values("pk"))

    return Relation("on an import of the alliance", reach)


JOB_POLICY.extend(allow(Role.SECRETARIAT, {READ_JOB, CANCEL_JOB}, _work_on_imports()))
