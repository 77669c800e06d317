"""Finding licences outside a programme, and what is on record about the patents they are on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q

from licensing.clauses.models import GrantBack
from licensing.direct.calculation import contents_hash
from licensing.direct.lifecycle import DIRECT_LIFECYCLE
from licensing.direct.models import DirectKind, DirectLicence, DirectState, LicensedPatent, OwnerConsent
from licensing.direct.policies import (
    COUNTERSIGN_DIRECT_LICENCE,
    EDIT_DIRECT_LICENCE,
    SIGN_DIRECT_LICENCE,
    TERMINATE_DIRECT_LICENCE,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today
from platform_core.documents.selectors import documents
from platform_core.signatures.calculation import HARMLESS
from platform_core.signatures.models import SignatureCheck
from platform_core.signatures.selectors import checks_of
from pools.patents.models import Ownership


def direct_licences(*, actor: Actor) -> VisibleQuerySet[DirectLicence]:
    """List the licences outside a programme that the actor may see."""
    return DirectLicence.objects.visible_to(actor).select_related("licensor", "licensee")


def get_direct_licence(licence_id: UUID, *, actor: Actor, for_change: bool = False) -> DirectLicence:
    """Return one licence outside a programme that the actor may see, locked if it is to be changed."""
    return get_visible(DirectLicence, licence_id, actor=actor, for_change=for_change)


def licensed_patents(licence: DirectLicence, *, actor: Actor) -> list[LicensedPatent]:
    """List the patents of a licence with their patents, the licensor's first."""
    rows = LicensedPatent.objects.visible_to(actor).filter(licence=licence)
    return list(rows.select_related("patent").order_by("from_licensee", "patent__publication", "pk"))


def owner_consents(licence: DirectLicence, *, actor: Actor) -> list[OwnerConsent]:
    """List the co-owners' consents that are recorded for a licence."""
    return list(OwnerConsent.objects.visible_to(actor).filter(licence=licence).select_related("owner"))


def signature_checks(licence: DirectLicence, *, actor: Actor) -> list[SignatureCheck]:
    """List what the electronic signatures of the signed paper were found to be worth, the latest first."""
    return [] if licence.signature_id is None else checks_of([licence.signature_id], actor=actor)


def signed_paper_name(licence: DirectLicence, checks: Sequence[SignatureCheck], *, actor: Actor) -> str:
    """Return the name of that paper of a licence which is what was signed electronically; blank: there is none.

    The checks are those of the signed paper, the latest first.
    """
    latest = next(iter(checks), None)
    if latest is None or latest.report["added_before"] not in HARMLESS:
        return ""
    papers = documents(actor=actor).filter(subject_type=DirectLicence._meta.label_lower, subject_id=licence.pk)
    named = papers.filter(sha256=latest.signed_text_sha256).values_list("name", flat=True).first()
    return named or ""


def is_over(licence: DirectLicence, *, actor: Actor) -> bool:
    """Say whether a licence was ended, and its last day has passed."""
    if licence.state != DirectState.TERMINATED or licence.ends_on is None:
        return False
    return licence.ends_on < today(actor.clock, licence.alliance.zone)


def contents_of(licence: DirectLicence) -> str:
    """Return by which hash the present contents of a licence are known, to which a co-owner consents."""
    patents: dict[bool, list[UUID]] = {False: [], True: []}
    for patent, from_licensee in licence.patents.order_by().values_list("patent", "from_licensee"):
        patents[from_licensee].append(patent)
    return contents_hash(
        {
            "kind": licence.kind,
            "licensee": licence.licensee_id,
            "patents": patents[False],
            "licensee_patents": patents[True],
            "territory": licence.territory,
            "fields": licence.fields,
            "products": licence.products,
            "may_sublicense": licence.may_sublicense,
            "starts_on": licence.starts_on,
            "ends_on": licence.ends_on,
            # Only where something is agreed: what was consented to before there were clauses stays consented to.
            **({} if licence.grant_back == GrantBack.NONE else {"grant_back": licence.grant_back}),
            **({"most_favoured": True} if licence.most_favoured else {}),
        }
    )


_STEPS = {
    "send": EDIT_DIRECT_LICENCE,
    "recall": EDIT_DIRECT_LICENCE,
    "cancel": EDIT_DIRECT_LICENCE,
    "countersign": COUNTERSIGN_DIRECT_LICENCE,
    "terminate": TERMINATE_DIRECT_LICENCE,
}


def allowed_steps(
    licence: DirectLicence, *, actor: Actor, checks: Collection[SignatureCheck] | None = None
) -> list[str]:
    """Return what the actor may do with a licence; whoever has the checks of its signed paper gives them along."""
    state = DirectState(licence.state)
    edits = can(actor, EDIT_DIRECT_LICENCE, licence)
    found = ["edit"] if edits and state == DirectState.DRAFT else []
    for step in DIRECT_LIFECYCLE.allowed(state):
        if step == "sign":
            found += ["sign"] if can(actor, SIGN_DIRECT_LICENCE, licence) else []
            # What the other side brings is answered for by its own signature alone.
            found += ["record signature"] if edits and licence.kind != DirectKind.CROSS else []
        elif step == "terminate" and is_over(licence, actor=actor):
            continue
        elif edits if _STEPS[step] == EDIT_DIRECT_LICENCE else can(actor, _STEPS[step], licence):
            found.append(step)
    if edits and (signature_checks(licence, actor=actor) if checks is None else checks):
        found.append("verify signature")
    return found


def owners_throughout(patent_ids: Collection[UUID], first: date, today: date) -> dict[UUID, set[UUID]]:
    """Return who owns these patents on a licence's first day, and still does where that is past."""
    begun = owners_on(patent_ids, first)
    if first >= today:
        return begun
    present = owners_on(patent_ids, today)
    return {pk: begun[pk] & present[pk] for pk in begun}


def owners_concerned(patent_ids: Collection[UUID], first: date, today: date) -> dict[UUID, set[UUID]]:
    """Return whom a licence of these patents concerns: who owns them on its first day, and today where that is past."""
    begun = owners_on(patent_ids, first)
    if first >= today:
        return begun
    present = owners_on(patent_ids, today)
    return {pk: begun[pk] | present[pk] for pk in begun}


def owners_on(patent_ids: Collection[UUID], day: date) -> dict[UUID, set[UUID]]:
    """Return who owns these patents on a day."""
    rows = Ownership.objects.filter(
        Q(from_on=None) | Q(from_on__lte=day), Q(to_on=None) | Q(to_on__gt=day), patent__in=patent_ids
    )
    found: dict[UUID, set[UUID]] = {pk: set() for pk in patent_ids}
    for patent, owner in rows.values_list("patent", "owner"):
        found[patent].add(owner)
    return found


def seen_among(licences: Iterable[DirectLicence], *, actor: Actor) -> frozenset[UUID]:
    """Return which of these licences the actor may see."""
    ids = [licence.pk for licence in licences]
    return frozenset(DirectLicence.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
