"""What somebody unknown does: asking one owner for a licence, and confirming by a link that it was them."""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.api.problems import TooManyRequests
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.identity.models import Language
from platform_core.messaging.services import send_message
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import remind_seats
from platform_core.problems import IdempotencyMismatch, NotFound, WrongState, invalid
from pools.asking.calculation import mailbox_of, place_of
from pools.asking.letters import CONFIRMATION, RECEIVED
from pools.asking.models import LONGEST_TEXT, LicenceRequest, RequestedPatent, RequestState
from pools.asking.moving import move, name_of
from pools.composition.listing import listed_on
from pools.composition.models import Pool, PoolEntry
from pools.patents.policies import PATENT_DESK

CONFIRM_WITHIN: Final = timedelta(days=7)
"""How long the link holds; what is not confirmed by then is deleted."""
MOST_PATENTS: Final = 200
"""Patents that one request names; who wants more asks for all of them."""
LETTERS_A_DAY: Final = 10
"""Links that go to one mailbox within a day and are not followed, so that nobody's is filled by others."""
REQUESTS_A_DAY: Final = 30
"""Requests from one place within a day, confirmed or not; an office of many people may have one network address."""
COUNTED_FOR: Final = timedelta(days=1)
"""How long it is known from which place a request came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, as they say."""

    name: str
    organisation: str
    email: str
    country: str
    language: Language = Language.CHINESE


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a licence is wanted for."""

    products: str
    fields_of_use: str = ""
    territory: str = ""
    message: str = ""


@transaction.atomic
def ask_for_licence(
    *,
    actor: Actor,
    pool_id: UUID,
    member_id: UUID,
    patent_ids: Collection[UUID],
    asker: Asker,
    wish: Wish,
    intention: str,
    address: str = "",
) -> None:
    """Write down what somebody asks an owner for, and send a link by which they confirm it; nobody sees it before.

    No patents means all that the owner has in the pool. `intention` is the sender's own name for this sending, and
    `address` the network address it comes from. Whoever asks hears the same, whether a link is sent or not.
    """
    stranger = _stranger(actor)
    pool = get_visible(Pool, pool_id, actor=stranger)
    asker = Asker(**{**asdict(asker), "email": asker.email.strip().lower()})
    _check(asker, wish, patent_ids)
    entries = _entries(pool, member_id, patent_ids, stranger)
    contents = _hash(json.dumps([str(member_id), sorted(map(str, patent_ids)), asdict(asker), asdict(wish)]))

    hashed = salted_hmac("asking.address", place_of(address), algorithm="sha256").hexdigest() if address else ""
    _one_after_the_other("@".join(mailbox_of(asker.email)), hashed)
    # Two people who happen to choose the same name for a sending have nothing to do with each other.
    intended = _hash(f"{asker.email} {intention}")
    if _is_repeated(intended, contents):
        return
    since = stranger.clock.now() - COUNTED_FOR
    lately = LicenceRequest.objects.filter(asked_at__gt=since)
    if hashed and lately.filter(address_hash=hashed).count() >= REQUESTS_A_DAY:
        raise TooManyRequests(f"At most {REQUESTS_A_DAY} requests a day come from one place.", retry_after=3600)
    # Whoever confirms a request has the mailbox.
    unconfirmed = lately.filter(_to_mailbox_of(asker.email), state=RequestState.UNCONFIRMED)
    if unconfirmed.count() >= LETTERS_A_DAY:
        # Somebody may be typing another's address: that letters went there before is told to nobody.
        return

    key = secrets.token_urlsafe(32)
    request = LicenceRequest(
        pool=pool,
        addressee=entries[0].member.membership.organisation,
        is_whole=not patent_ids,
        asker_name=asker.name.strip(),
        asker_organisation=asker.organisation.strip(),
        asker_email=asker.email,
        asker_country=asker.country,
        language=asker.language,
        **{name: text.strip() for name, text in asdict(wish).items()},
        key_hash=_hash(key),
        intention_hash=intended,
        contents_hash=contents,
        address_hash=hashed,
        asked_at=stranger.clock.now(),
        moved_at=stranger.clock.now(),
    )
    request.save(force_insert=True)
    if patent_ids:
        RequestedPatent.objects.bulk_create(
            RequestedPatent(request=request, patent_id=patent_id) for patent_id in sorted(set(patent_ids))
        )
    record_event("licence_request.made", actor=stranger, subject=request)
    _send_link(request, key, stranger)


def find_request(*, actor: Actor, key: str, for_change: bool = False) -> LicenceRequest:
    """Return the request whose link somebody follows; the key is the right to see what it says of itself."""
    since = actor.clock.now() - CONFIRM_WITHIN
    rows = LicenceRequest.objects.filter(~Q(state=RequestState.UNCONFIRMED) | Q(asked_at__gt=since))
    if for_change:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found = rows.filter(key_hash=_hash(key)).select_related("pool", "addressee").order_by("pk").first() if key else None
    if found is None:
        raise NotFound("This link has run out, or is not whole: ask again.")
    return found


@transaction.atomic
def confirm_request(*, actor: Actor, key: str) -> LicenceRequest:
    """Confirm by the key of the link that it was oneself who asked: the owner gets it. Once is enough.

    Nobody is asked who has left the list meanwhile: whoever asks is told so, and the request goes with those that were
    never confirmed.
    """
    request = find_request(actor=actor, key=key, for_change=True)
    if request.state != RequestState.UNCONFIRMED:
        return request
    stranger = _stranger(actor)
    if not _listed(request.pool, stranger).filter(member__membership__organisation=request.addressee_id).exists():
        raise WrongState("The owner is not on the list any more: your request was not passed on.")
    move(stranger, request, "confirmation", "licence_request.confirmed", instant="confirmed_at")
    _tell_owner(request, stranger)
    return request


def _stranger(actor: Actor) -> Actor:
    """Whoever is signed in asks as anybody does: of what is public, and on record as nobody known."""
    return Actor.public(clock=actor.clock, request_id=actor.request_id)


def _check(asker: Asker, wish: Wish, patent_ids: Collection[UUID]) -> None:
    checks = Checks()
    checks.text("name", asker.name, longest=120)
    checks.text("organisation", asker.organisation)
    checks.text("email", asker.email, longest=254)
    checks.country("country", asker.country)
    check_text(checks, "products", wish.products)
    for field in ("fields_of_use", "territory", "message"):
        check_text(checks, field, getattr(wish, field), needed=False)
    if len(set(patent_ids)) > MOST_PATENTS:
        checks.wrong("patent_ids", "too_many", f"Name at most {MOST_PATENTS} patents, or none for all of them.")
    try:
        validate_email(asker.email)
    except ValidationError:
        checks.wrong("email", "bad_email", "This is not an e-mail address such as wang@example.com.")
    checks.refuse()


def check_text(checks: Checks, field: str, value: str, *, needed: bool = True) -> None:
    """Note a text of several lines that is blank, too long, or no plain text."""
    if needed and not value.strip():
        checks.wrong(field, "required", "This must not be blank.")
    elif len(value) > LONGEST_TEXT:
        checks.wrong(field, "too_long", f"This has {len(value)} characters; at most {LONGEST_TEXT} are kept.")
    elif "\x00" in value:
        checks.wrong(field, "control_character", "This must be plain text.")


def _entries(pool: Pool, member_id: UUID, patent_ids: Collection[UUID], stranger: Actor) -> list[PoolEntry]:
    """Return the owner's entries that are asked for, of those that anybody finds on the list today."""
    own = _listed(pool, stranger).filter(member=member_id)
    if not own.exists():
        raise invalid("/member_id", "unknown", "No such owner has patents on this list today.")
    wanted = set(patent_ids)
    found = list(
        (own.filter(patent__in=wanted) if wanted else own[:1]).select_related("member__membership__organisation")
    )
    if wanted and {entry.patent_id for entry in found} != wanted:
        raise invalid("/patent_ids", "unknown", "Some of these patents are not this owner's on the list today.")
    return found


def _listed(pool: Pool, stranger: Actor) -> VisibleQuerySet[PoolEntry]:
    listed = listed_on(pool.pk, today(stranger.clock, pool.alliance.zone))
    return PoolEntry.objects.visible_to(stranger).filter(pk__in=listed.order_by().values("pk"))


def _to_mailbox_of(email: str) -> Q:
    name, domain = mailbox_of(email)
    tagged = Q(asker_email__startswith=f"{name}+", asker_email__endswith=f"@{domain}")
    return Q(asker_email=f"{name}@{domain}") | tagged


def _one_after_the_other(email: str, address: str) -> None:
    """Have requests of one person, and from one place, wait for each other, so that none is counted too late."""
    with connection.cursor() as cursor:
        for name in sorted({f"licence requests of {email}", f"licence requests from {address}"}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _is_repeated(intention: str, contents: str) -> bool:
    earlier = LicenceRequest.objects.filter(intention_hash=intention).order_by("pk").first()
    if earlier is None:
        return False
    if earlier.contents_hash != contents:
        raise IdempotencyMismatch("Use a new key for a new request.")
    return True


def _send_link(request: LicenceRequest, key: str, stranger: Actor) -> None:
    language = Language(request.language)
    until = timezone.localtime(request.asked_at + CONFIRM_WITHIN)
    send_message(
        actor=stranger,
        kind=CONFIRMATION,
        address=request.asker_email,
        language=language,
        values={
            "owner": name_of(request.addressee, language),
            "pool": request.pool.name,
            "until": f"{until:%Y-%m-%d %H:%M} ({settings.TIME_ZONE})",
            "link": f"{settings.PUBLIC_URL}/asking/{request.pool_id}/confirmation/{key}",
        },
    )


def _tell_owner(request: LicenceRequest, stranger: Actor) -> None:
    def words(language: Language) -> Mapping[str, str]:
        return {"organisation": name_of(request.addressee, language), "pool": request.pool.name}

    owner = request.addressee_id
    remind_seats(
        actor=stranger,
        seats=[seat for role in PATENT_DESK for seat in seats_holding(role, actor=stranger, organisation=owner)],
        notice="licence_request.confirmed",
        letter=RECEIVED,
        subject=request,
        page=f"/licence-requests/{request.pk}",
        words=words,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
