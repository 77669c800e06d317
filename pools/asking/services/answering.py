"""What the owner does that was asked: saying that it has a request, answering it, closing it."""

from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.checks import Checks
from platform_core.identity.models import Language
from platform_core.messaging.kinds import Kind
from platform_core.messaging.services import send_message
from pools.asking.letters import ACKNOWLEDGEMENT, ANSWER
from pools.asking.models import LicenceRequest
from pools.asking.moving import move, name_of
from pools.asking.policies import ANSWER_LICENCE_REQUEST
from pools.asking.selectors import get_licence_request
from pools.asking.services.asking import check_text


@transaction.atomic
def acknowledge_request(*, actor: Actor, request_id: UUID) -> LicenceRequest:
    """Let whoever asked know that the owner has the request and will answer."""
    request = _own(actor, request_id)
    move(actor, request, "acknowledgement", "licence_request.acknowledged", instant="acknowledged_at")
    _write(actor, request, ACKNOWLEDGEMENT)
    return request


@transaction.atomic
def answer_request(*, actor: Actor, request_id: UUID, text: str, contact: str) -> LicenceRequest:
    """Answer a request by mail; `contact` says where whoever asked goes on from there, outside of the platform."""
    request = _own(actor, request_id)
    checks = Checks()
    check_text(checks, "text", text)
    checks.text("contact", contact)
    checks.refuse()
    said = {"answer": text.strip(), "answer_contact": contact.strip()}
    move(
        actor,
        request,
        "answer",
        "licence_request.answered",
        instant="answered_at",
        columns={**said, "answered_by_id": actor.user_id},
    )
    _write(actor, request, ANSWER, text=said["answer"], contact=said["answer_contact"])
    return request


@transaction.atomic
def close_request(*, actor: Actor, request_id: UUID, note: str = "") -> LicenceRequest:
    """Close a request, answered or not; the note is the owner's own and goes to nobody."""
    request = _own(actor, request_id)
    checks = Checks()
    checks.text("note", note, needed=False, longest=500)
    checks.refuse()
    move(
        actor,
        request,
        "closing",
        "licence_request.closed",
        instant="closed_at",
        columns={"note": note.strip()},
    )
    return request


def _own(actor: Actor, request_id: UUID) -> LicenceRequest:
    request = get_licence_request(request_id, actor=actor, for_change=True)
    require(actor, ANSWER_LICENCE_REQUEST, request)
    return request


def _write(actor: Actor, request: LicenceRequest, letter: Kind, **said: str) -> None:
    language = Language(request.language)
    values = {
        "name": request.asker_name,
        "owner": name_of(request.addressee, language),
        "pool": request.pool.name,
        **said,
    }
    send_message(actor=actor, kind=letter, address=request.asker_email, language=language, values=values)
