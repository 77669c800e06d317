"""Writing a charter's versions, and publishing them for good."""

from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from members.charter.calculation import content_hash
from members.charter.lifecycle import VERSION_LIFECYCLE
from members.charter.models import Charter, CharterKind, CharterVersion, VersionState
from members.charter.policies import EDIT_CHARTER, EDIT_CHARTER_VERSION, PUBLISH_CHARTER_VERSION, START_CHARTER
from members.charter.selectors import get_charter, get_charter_version
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.documents.selectors import documents
from platform_core.identity.models import Alliance
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce

LONGEST_CHARTER = 500_000
"""Characters of one language's text; a longer one is a document."""


class VersionEdits(TypedDict, total=False):
    """What may be changed of a draft."""

    text_zh: str
    text_en: str
    document_id: UUID | None
    effective_on: date | None
    sign_by_on: date | None


@transaction.atomic
def start_charter(
    *, actor: Actor, alliance_id: UUID, kind: CharterKind, title_zh: str = "", title_en: str = ""
) -> Charter:
    """Start a document that every member of an alliance is to sign; its text comes in versions."""
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    require(actor, START_CHARTER, alliance)
    checks = Checks()
    checks.text("title_zh", title_zh, needed=not title_en.strip())
    checks.text("title_en", title_en, needed=False)
    checks.refuse()
    with told_as(_PROBLEMS):
        charter = Charter.objects.create(
            alliance=alliance, kind=kind, title_zh=title_zh.strip(), title_en=title_en.strip()
        )
    record_event("charter.started", actor=actor, subject=charter, changes={"kind": (None, kind)})
    return charter


@transaction.atomic
def draft_version(*, actor: Actor, charter_id: UUID, **given: Unpack[VersionEdits]) -> CharterVersion:
    """Write the draft of a charter's next version."""
    charter = get_charter(charter_id, actor=actor, for_change=True)
    require(actor, EDIT_CHARTER, charter)
    last = charter.versions.order_by("-number").first()
    version = CharterVersion(charter=charter, number=(last.number if last else 0) + 1, created_at=actor.clock.now())
    apply_edits(version, given)
    _check(actor, version)
    version.save(force_insert=True)
    record_event("charter_version.drafted", actor=actor, subject=version)
    announce(charter, part=version)
    return version


@transaction.atomic
def edit_version(*, actor: Actor, version_id: UUID, **edits: Unpack[VersionEdits]) -> CharterVersion:
    """Change a draft; what is published stays as it is."""
    version = get_charter_version(version_id, actor=actor, for_change=True)
    require(actor, EDIT_CHARTER_VERSION, version)
    if version.state != VersionState.DRAFT:
        raise WrongState("Only a draft is changed: write the next version.")
    changes = apply_edits(version, edits)
    _check(actor, version)
    if changes:
        version.save(update_fields=list(changes))
        # The texts themselves are too long for the record; which ones changed is told.
        told = {name: (None, "changed") if name.startswith("text") else change for name, change in changes.items()}
        record_event("charter_version.edited", actor=actor, subject=version, changes=told)
        announce(version)
    return version


@transaction.atomic
def publish_version(*, actor: Actor, version_id: UUID) -> CharterVersion:
    """Publish a draft: from now on its text is fixed and known by its hash, and members can sign it."""
    seen = get_charter_version(version_id, actor=actor)
    # The charter is locked first, so that two versions of it are published one after the other.
    Charter.objects.select_for_update(no_key=True).get(pk=seen.charter_id)
    version = get_charter_version(version_id, actor=actor, for_change=True)
    require(actor, PUBLISH_CHARTER_VERSION, version)
    state = VERSION_LIFECYCLE.after("publication", current=VersionState(version.state))
    if version.effective_on is None:
        raise invalid("/effective_on", "required", "Name the first day in force before publishing.")
    if not (version.text_zh or version.text_en or version.document_id):
        raise invalid("/text_zh", "required", "Write the text, or attach it as a document, before publishing.")
    published = CharterVersion.objects.filter(charter=version.charter_id, state=VersionState.PUBLISHED)
    before = published.order_by("-effective_on").first()
    if before is not None and before.effective_on is not None and before.effective_on >= version.effective_on:
        raise Conflict(f"Version {before.number} is in force from {before.effective_on}: name a later day.")
    version.state = state
    version.sign_by_on = version.sign_by_on or version.effective_on
    version.supersedes = before
    version.published_at = actor.clock.now()
    version.published_by_id = actor.user_id
    version.content_sha256 = content_hash(content_of(version))
    version.save()
    record_event(
        "charter_version.published",
        actor=actor,
        subject=version,
        changes={
            "state": (VersionState.DRAFT, state),
            "content_sha256": (None, version.content_sha256),
            "effective_on": (None, version.effective_on),
        },
    )
    announce(version)
    announce(version.charter, part=version)
    return version


@transaction.atomic
def discard_version(*, actor: Actor, version_id: UUID) -> CharterVersion:
    """Give up a draft; its number is not used again."""
    version = get_charter_version(version_id, actor=actor, for_change=True)
    require(actor, EDIT_CHARTER_VERSION, version)
    before = VersionState(version.state)
    version.state = VERSION_LIFECYCLE.after("discarding", current=before)
    version.save(update_fields=["state"])
    record_event("charter_version.discarded", actor=actor, subject=version, changes={"state": (before, version.state)})
    announce(version)
    return version


def content_of(version: CharterVersion) -> dict[str, str | int | None]:
    """Return everything that a signature under a version agrees to."""
    return {
        "kind": version.charter.kind,
        "title_zh": version.charter.title_zh,
        "title_en": version.charter.title_en,
        "number": version.number,
        "text_zh": version.text_zh,
        "text_en": version.text_en,
        "document_sha256": version.document.sha256 if version.document else None,
        "effective_on": version.effective_on.isoformat() if version.effective_on else None,
    }


def _check(actor: Actor, version: CharterVersion) -> None:
    checks = Checks()
    for name in ("text_zh", "text_en"):
        text = getattr(version, name)
        if len(text) > LONGEST_CHARTER:
            checks.wrong(name, "too_long", f"At most {LONGEST_CHARTER:,} characters are kept: attach a document.")
        if "\x00" in text:
            checks.wrong(name, "control_character", "This must be plain text.")
    checks.days("sign_by_on", version.effective_on, version.sign_by_on, same_allowed=True)
    checks.refuse()
    if version.document_id is not None and not _hangs_there(actor, version, version.document_id):
        raise Conflict("Attach the document to the charter first, then name it here.")


def _hangs_there(actor: Actor, version: CharterVersion, document_id: UUID) -> bool:
    label = Charter._meta.label_lower
    found = documents(actor=actor).filter(subject_type=label, subject_id=version.charter_id, pk=document_id)
    return found.exists()


_PROBLEMS: dict[str, Problem] = {
    "charter_title_once_in_alliance": Conflict("The alliance has a document of this title: write its next version."),
}
