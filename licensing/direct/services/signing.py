"""Having a licence outside a programme signed by both sides, one after the other, and ending it."""

from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.direct.checking import Asked
from licensing.direct.lifecycle import DIRECT_LIFECYCLE
from licensing.direct.models import BOUND_STATES, DirectKind, DirectLicence, DirectState
from licensing.direct.policies import (
    COUNTERSIGN_DIRECT_LICENCE,
    EDIT_DIRECT_LICENCE,
    SIGN_DIRECT_LICENCE,
    TERMINATE_DIRECT_LICENCE,
)
from licensing.direct.selectors import get_direct_licence, is_over
from licensing.direct.services.refusing import PROBLEMS, refuse_what_stands_against
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.clock import today
from platform_core.documents.models import Document
from platform_core.documents.selectors import paper_on
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce
from platform_core.signatures.services import Verified, keep_check, refuse_uncertified, told_in_record
from pools.patents.models import Patent


@transaction.atomic
def send_direct_licence(*, actor: Actor, licence_id: UUID) -> DirectLicence:
    """Put a draft before the licensee, once nothing that may be known stands against it."""
    licence = _licence(actor, licence_id, EDIT_DIRECT_LICENCE)
    after = DIRECT_LIFECYCLE.after("send", current=DirectState(licence.state))
    if licence.starts_on is None:
        raise invalid("/starts_on", "required", "Name the first day before the licence is sent.")
    refuse_what_stands_against(actor=actor, licence=licence)
    return _step(actor, licence, "direct_licence.sent", state=after, sent_at=actor.clock.now())


@transaction.atomic
def take_back_direct_licence(*, actor: Actor, licence_id: UUID) -> DirectLicence:
    """Take a licence back from the licensee, who sees it no longer, to change it."""
    licence = _licence(actor, licence_id, EDIT_DIRECT_LICENCE)
    after = DIRECT_LIFECYCLE.after("recall", current=DirectState(licence.state))
    return _step(actor, licence, "direct_licence.taken_back", state=after, sent_at=None)


@transaction.atomic
def sign_direct_licence(
    *,
    actor: Actor,
    licence_id: UUID,
    signed_on: date,
    document_id: UUID | None = None,
    verified: Verified | None = None,
) -> DirectLicence:
    """Sign for the licensee, or record its signature from a paper; from then on the licence shuts others out.

    Asked again under lock: of two that shut each other out, only one is signed. What a licensee brings to a
    cross-licence it answers for by its own signature. A file signed electronically was verified before
    (`verify_signed_file`): one that is broken is refused.
    """
    licence = get_direct_licence(licence_id, actor=actor, for_change=True)
    after, paper = refuse_signature(actor=actor, licence=licence, signed_on=signed_on, document_id=document_id)
    if verified is not None:
        checks = Checks()
        refuse_uncertified(checks, "document_id", verified)
        checks.refuse()
        keep_check(actor=actor, verified=verified)
    if licence.head_id is not None:
        # Whoever ends the licence it is under waits, or has ended it already.
        licence.head = DirectLicence.objects.select_for_update(no_key=True).get(pk=licence.head_id)
    # In one order, so that two who sign wait for each other and never for both.
    list(
        Patent.objects.select_for_update(no_key=True)
        .filter(pk__in=licence.patents.order_by().values("patent"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    asked = Asked.SIGNED if document_id is None else Asked.ON_PAPER
    refuse_what_stands_against(actor=actor, licence=licence, asked=asked)
    return _step(
        actor,
        licence,
        "direct_licence.signed",
        state=after,
        signed_on=signed_on,
        signed_by_id=actor.user_id,
        signature_id=None if paper is None else paper.pk,
        told={} if verified is None else told_in_record(verified),
    )


def refuse_signature(
    *, actor: Actor, licence: DirectLicence, signed_on: date, document_id: UUID | None
) -> tuple[DirectState, Document | None]:
    """Refuse a signature that is none whatever its file is worth; return the state that follows, and the paper."""
    require(actor, SIGN_DIRECT_LICENCE if document_id is None else EDIT_DIRECT_LICENCE, licence)
    after = DIRECT_LIFECYCLE.after("sign", current=DirectState(licence.state))
    if document_id is not None and licence.kind == DirectKind.CROSS:
        raise Conflict("In a cross-licence the licensee brings patents too: it signs here itself.")
    if signed_on > today(actor.clock, licence.alliance.zone):
        raise invalid("/signed_on", "in_the_future", "A licence is not signed on a day that is still to come.")
    return after, None if document_id is None else paper_on(licence, document_id, actor=actor)


@transaction.atomic
def countersign_direct_licence(*, actor: Actor, licence_id: UUID) -> DirectLicence:
    """Countersign for the licensor, which puts the licence in force on its first day."""
    licence = _licence(actor, licence_id, COUNTERSIGN_DIRECT_LICENCE)
    after = DIRECT_LIFECYCLE.after("countersign", current=DirectState(licence.state))
    return _step(
        actor,
        licence,
        "direct_licence.countersigned",
        state=after,
        countersigned_at=actor.clock.now(),
        countersigned_by_id=actor.user_id,
    )


@transaction.atomic
def terminate_direct_licence(*, actor: Actor, licence_id: UUID, ends_on: date, reason: str) -> DirectLicence:
    """End a licence earlier than it would, or than was said before; what was licensed under it ends no later."""
    licence = _licence(actor, licence_id, TERMINATE_DIRECT_LICENCE)
    after = DIRECT_LIFECYCLE.after("terminate", current=DirectState(licence.state))
    if is_over(licence, actor=actor):
        raise WrongState(f"The licence ended on {licence.ends_on}.", current=licence.state)
    if licence.ends_on is not None and ends_on > licence.ends_on:
        raise invalid("/ends_on", "too_late", f"The licence ends on {licence.ends_on} already.")
    if licence.starts_on is not None and ends_on < licence.starts_on:
        raise invalid("/ends_on", "ends_before_it_begins", f"This must be on or after {licence.starts_on}.")
    if not reason.strip() or len(reason) > 500:
        raise invalid("/reason", "required", "Say why in at most 500 characters.")
    if licence.sublicences.filter(state__in=BOUND_STATES).exclude(ends_on__lte=ends_on).exists():
        raise Conflict("Sub-licences under it last longer. Have them ended first.")
    return _step(
        actor, licence, "direct_licence.terminated", state=after, ends_on=ends_on, told={"reason": (None, reason)}
    )


@transaction.atomic
def cancel_direct_licence(*, actor: Actor, licence_id: UUID) -> DirectLicence:
    """Give up a licence that never came into force."""
    licence = _licence(actor, licence_id, EDIT_DIRECT_LICENCE)
    after = DIRECT_LIFECYCLE.after("cancel", current=DirectState(licence.state))
    return _step(actor, licence, "direct_licence.cancelled", state=after)


def _licence(actor: Actor, licence_id: UUID, permission: Permission) -> DirectLicence:
    licence = get_direct_licence(licence_id, actor=actor, for_change=True)
    require(actor, permission, licence)
    return licence


def _step(
    actor: Actor,
    licence: DirectLicence,
    event: str,
    *,
    told: dict[str, tuple[object, object]] | None = None,
    **given: object,
) -> DirectLicence:
    changes = apply_edits(licence, given)
    with told_as(PROBLEMS):
        licence.save(update_fields=[column.removesuffix("_id") for column in changes])
    shown = {name: change for name, change in changes.items() if name in ("state", "signed_on", "ends_on")}
    record_event(event, actor=actor, subject=licence, changes={**shown, **(told or {})})
    announce(licence)
    return licence
