"""What stands against a licence before it is signed: missing powers and consents, pools, and other licences.

Of a licence that whoever asks may not see, nothing is told but that there may be one on a patent: not whose it is, for
what, or for how long. While a licence is drafted and sent this is said whatever its scope and licensee are, so that
nobody measures a hidden licence by trying them. A signature that one person records from a paper is refused in the
same cases, for that person could try as many papers as drafts; only the licensee's own signature is refused for what
is really the same use. Of what the other side brings, and of what one does not own, a draft tells nothing that is
hidden: not that a patent is pledged, nor that there may be a licence on it.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from licensing.direct.calculation import Meeting, Scope, covers, in_country, meeting, shuts_out
from licensing.direct.events import PowerAsked, open_licences_asked, power_asked
from licensing.direct.models import (
    ALONE_KINDS,
    BOUND_STATES,
    OPEN_STATES,
    DirectKind,
    DirectLicence,
    DirectState,
    LicensedPatent,
    OwnerConsent,
)
from licensing.direct.policies import EDIT_DIRECT_LICENCE
from licensing.direct.selectors import contents_of, owners_concerned, owners_throughout, seen_among
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.clock import today
from pools.composition.models import PoolEntry
from pools.patents.models import Encumbrance, EncumbranceKind

_ALONE_ON_REGISTER: Final = (EncumbranceKind.LICENCE_EXCLUSIVE, EncumbranceKind.LICENCE_SOLE)
_NOT_ONES_OWN: Final = frozenset({"no_power", "not_owner"})


class Asked(Enum):
    """In which course it is asked what stands against a licence."""

    DRAFTED = auto()
    """It is drafted or sent."""
    ON_PAPER = auto()
    """The licensor records the licensee's signature from a paper."""
    SIGNED = auto()
    """The licensee signs it itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stands against a licence, or that people have to look at; about one patent or all of them."""

    code: str
    patent_id: UUID | None = None
    publication: str = ""
    licence: DirectLicence | None = None
    """The other licence, where whoever asks may see it."""
    blocks: bool = True
    """Whether the licence is neither sent nor signed before it is settled."""


def scope_of(licence: DirectLicence) -> Scope:
    """Return for what, where and when a licence is."""
    return Scope(licence.territory, licence.fields, licence.products, licence.starts_on, licence.ends_on)


def findings(licence: DirectLicence, *, actor: Actor, asked: Asked = Asked.DRAFTED) -> list[Finding]:
    """Return what stands against a licence; what is hidden is told as it may be told in the course it is asked in."""
    rows = list(licence.patents.select_related("patent").order_by("patent__publication", "pk"))
    day = today(actor.clock, licence.alliance.zone)
    first = licence.starts_on or day
    found = [*_on_grants(licence, rows, first, day), *_on_patents(licence, rows, first)]
    foreign = {row.patent_id for row in rows if row.from_licensee}
    foreign |= {finding.patent_id for finding in found if finding.patent_id and finding.code in _NOT_ONES_OWN}
    found += _on_registers(licence, rows, first, actor, asked)
    found += _on_licences(licence, rows, actor, asked, foreign)
    return found


def findings_shown(licence: DirectLicence, *, actor: Actor) -> list[Finding]:
    """Return what stands against a licence that is not signed yet, for whoever drafts it."""
    require(actor, EDIT_DIRECT_LICENCE, licence)
    if licence.state not in OPEN_STATES:
        return []
    with transaction.atomic():
        return findings(licence, actor=actor)


def _on_grants(licence: DirectLicence, rows: list[LicensedPatent], first: date, day: date) -> Iterator[Finding]:
    """Whether each side may grant what it brings."""
    brought = [row for row in rows if not row.from_licensee]
    if licence.kind == DirectKind.SUB:
        yield from _under_head(licence, brought, first)
    elif licence.operating_entity_id is not None:
        asked = PowerAsked(
            licence.licensor_id,
            DirectKind(licence.kind),
            frozenset(row.patent_id for row in brought),
            first,
            licence.ends_on,
        )
        granted: set[UUID] = set()
        power_asked.tell(asked, granted)
        for row in brought:
            if row.patent_id not in granted:
                yield _on(row, "no_power")
    else:
        ids = [row.patent_id for row in brought]
        owners = owners_throughout(ids, first, day)
        concerned = owners_concerned(ids, first, day)
        consented = set(
            OwnerConsent.objects.filter(licence=licence, contents_sha256=contents_of(licence)).values_list(
                "owner", flat=True
            )
        )
        for row in brought:
            if licence.licensor_id not in owners[row.patent_id]:
                yield _on(row, "not_owner")
            elif licence.kind in ALONE_KINDS and concerned[row.patent_id] - {licence.licensor_id} - consented:
                yield _on(row, "no_consent")
    theirs = [row for row in rows if row.from_licensee]
    owners = owners_throughout([row.patent_id for row in theirs], first, day)
    for row in theirs:
        if licence.licensee_id not in owners[row.patent_id]:
            yield _on(row, "not_owner")


def _under_head(licence: DirectLicence, rows: list[LicensedPatent], first: date) -> Iterator[Finding]:
    head = licence.head
    if head is None:
        return
    if head.state != DirectState.IN_FORCE or (head.ends_on is not None and head.ends_on < first):
        yield Finding("head_not_in_force", licence=head)
    if not head.may_sublicense:
        yield Finding("no_sublicences", licence=head)
    if not covers(scope_of(head), scope_of(licence)):
        yield Finding("beyond_head", licence=head)
    given = set(head.patents.filter(from_licensee=False).values_list("patent", flat=True))
    for row in rows:
        if row.patent_id not in given:
            yield _on(row, "not_under_head", licence=head)


def _on_patents(licence: DirectLicence, rows: list[LicensedPatent], first: date) -> Iterator[Finding]:
    if not rows:
        yield Finding("no_patents")
    for row in rows:
        patent = row.patent
        if patent.ends_on is not None and patent.ends_on <= first:
            yield _on(row, "not_in_force")
        elif patent.granted_on is None:
            yield _on(row, "not_granted", blocks=False)
        if not in_country(licence.territory, patent.country):
            yield _on(row, "outside_territory")


def _on_registers(
    licence: DirectLicence, rows: list[LicensedPatent], first: date, actor: Actor, asked: Asked
) -> Iterator[Finding]:
    """Pools that patents are in, and what registers and records say rests on them.

    A draft is told what the actor may see of it. What is hidden refuses a paper whatever the licence's days are, and
    whoever its licensee is: who tried one licensee after the other would learn who holds it.
    """
    by_patent = {row.patent_id: row for row in rows}
    if licence.kind in ALONE_KINDS:
        entries = PoolEntry.objects.filter(
            Q(leaves_on=None) | Q(leaves_on__gt=first), _begins_by("enters_on", licence.ends_on), patent__in=by_patent
        )
        for patent in sorted(set(entries.values_list("patent", flat=True))):
            yield _on(by_patent[patent], "in_pool")
        open_to_all: set[UUID] = set()
        open_licences_asked.tell(frozenset(by_patent), open_to_all)
        for patent in sorted(open_to_all):
            yield _on(by_patent[patent], "open_to_all")
    alone = licence.kind in ALONE_KINDS
    meets = Q(Q(to_on=None) | Q(to_on__gt=first), _begins_by("from_on", licence.ends_on))
    hidden: set[UUID] = set()
    if asked is not Asked.SIGNED:
        visible = Encumbrance.objects.visible_to(actor).filter(patent__in=by_patent)
        seen = Q(pk__in=visible.values("pk"))
        meets = (meets & seen) if asked is Asked.DRAFTED else (meets & seen) | ~seen
        hidden = set(Encumbrance.objects.filter(~seen, patent__in=by_patent).values_list("pk", flat=True))
    resting = Encumbrance.objects.filter(meets, patent__in=by_patent).order_by("patent", "kind", "pk")
    names = {licence.licensee.name_zh, licence.licensee.name_en} - {""}
    told: set[tuple[UUID, str]] = set()
    for one in resting:
        code = ""
        if one.kind == EncumbranceKind.PLEDGE:
            code = "pledged"
        elif one.kind in _ALONE_ON_REGISTER or (alone and one.kind == EncumbranceKind.LICENCE_ORDINARY):
            is_own = one.holder in names and one.pk not in hidden
            code = "" if is_own or licence.kind == DirectKind.SUB else "encumbered"
        if code and (one.patent_id, code) not in told:
            told.add((one.patent_id, code))
            yield _on(by_patent[one.patent_id], code, blocks=code == "encumbered")


def _on_licences(
    licence: DirectLicence, rows: list[LicensedPatent], actor: Actor, asked: Asked, foreign: Set[UUID]
) -> Iterator[Finding]:
    """Other licences that bind on the same patents, told as far as whoever asks may know of them.

    Of hidden ones on `foreign` patents a draft is told nothing. Whoever signs for itself is told of the same use.
    """
    if licence.kind == DirectKind.SUB:
        return
    by_patent = {row.patent_id: row for row in rows}
    others = list(
        LicensedPatent.objects.filter(patent__in=by_patent, licence__state__in=BOUND_STATES)
        .exclude(licence=licence)
        .select_related("licence__licensor", "licence__licensee")
        .order_by("patent__publication", "licence", "pk")
    )
    seen = seen_among((other.licence for other in others), actor=actor)
    day = today(actor.clock, licence.alliance.zone)
    begins_later = licence.starts_on is None or licence.starts_on >= day
    hidden: set[UUID] = set()
    for other in others:
        row, their = by_patent[other.patent_id], other.licence
        if not shuts_out(licence.kind, their.kind):
            continue
        met = meeting(scope_of(licence), scope_of(their))
        is_same_taker = _taker(other, their) == _taker(row, licence)
        if their.pk in seen:
            if met is not Meeting.APART and not is_same_taker:
                same = met is Meeting.SAME
                yield _on(row, "licensed" if same else "licensed_close", licence=their, blocks=same)
            continue
        is_over = their.ends_on is not None and their.ends_on < day
        match asked:
            case Asked.SIGNED:
                is_told = met is Meeting.SAME and not is_same_taker
            case Asked.ON_PAPER:
                # One that is over stands against a term that began before today, whenever it ended.
                is_told = not (is_over and begins_later)
            case Asked.DRAFTED:
                is_told = not is_over and other.patent_id not in foreign
        if is_told and other.patent_id not in hidden:
            hidden.add(other.patent_id)
            yield _on(row, "licensed_hidden", blocks=asked is not Asked.DRAFTED)


def _taker(row: LicensedPatent, licence: DirectLicence) -> UUID:
    """Return who is licensed under a patent."""
    return licence.licensor_id if row.from_licensee else licence.licensee_id


def _begins_by(column: str, last: date | None) -> Q:
    return Q() if last is None else Q(**{column: None}) | Q(**{f"{column}__lte": last})


def _on(row: LicensedPatent, code: str, *, licence: DirectLicence | None = None, blocks: bool = True) -> Finding:
    return Finding(code, row.patent_id, row.patent.publication, licence, blocks)


def blocking(found: Iterable[Finding]) -> list[Finding]:
    """Return those that stand against sending and signing."""
    return [finding for finding in found if finding.blocks]
