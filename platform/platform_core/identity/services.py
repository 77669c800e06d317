"""Making and changing users, organisations, alliances and operating entities."""

import re
from typing import Final
from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_kind
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.identity.merging import note_names
from platform_core.identity.models import (
    Alliance,
    Language,
    NameKind,
    OperatingEntity,
    Organisation,
    OrganisationKind,
    User,
)
from platform_core.identity.policies import (
    CREATE_ALLIANCE,
    CREATE_ORGANISATION,
    CREATE_USER,
    EDIT_ORGANISATION,
    EDIT_USER,
    OPEN_OPERATING_ENTITY,
)
from platform_core.identity.uscc import is_valid_uscc, normalise_uscc, uscc_check_character
from platform_core.problems import Conflict

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@transaction.atomic
def register_user(*, actor: Actor, email: str, name: str, password: str | None = None) -> User:
    """Register a person who can sign in; without a password, not before one is set."""
    require_kind(actor, CREATE_USER, User)
    address = email.strip().lower()
    checks = Checks()
    checks.text("email", address, longest=254)
    checks.text("name", name, longest=120)
    if not checks.errors:
        try:
            validate_email(address)
        except ValidationError:
            checks.wrong("email", "bad_email", "This is not an e-mail address such as wang@example.com.")
    checks.refuse()
    with told_as({"identity_user_email_key": Conflict("A user with this e-mail address exists already.")}):
        user = User.objects.create_user(address, name=name.strip(), password=password, created_at=actor.clock.now())
    record_event("user.registered", actor=actor, subject=user)
    return user


@transaction.atomic
def choose_language(*, actor: Actor, language: Language) -> User:
    """Choose the language in which messages come to the person who acts."""
    user = get_visible(User, actor.person_id, actor=actor, for_change=True)
    require(actor, EDIT_USER, user)
    if user.language != language:
        changes = {"language": (user.language, language)}
        user.language = language
        user.save(update_fields=["language"])
        record_event("user.language_chosen", actor=actor, subject=user, changes=changes)
    return user


@transaction.atomic
def register_organisation(
    *,
    actor: Actor,
    name_zh: str = "",
    name_en: str = "",
    kind: OrganisationKind = OrganisationKind.COMPANY,
    uscc: str = "",
    country: str = "CN",
) -> Organisation:
    """Register an organisation; a social credit code is checked, and belongs to one of those that the actor sees."""
    require_kind(actor, CREATE_ORGANISATION, Organisation)
    code = normalise_uscc(uscc)
    _check_organisation(name_zh=name_zh, name_en=name_en, uscc=code, country=country)
    _refuse_taken_code(actor, code)
    organisation = Organisation.objects.create(
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        kind=kind,
        uscc=code,
        country=country,
        created_at=actor.clock.now(),
    )
    record_event("organisation.registered", actor=actor, subject=organisation)
    return organisation


@transaction.atomic
def edit_organisation(
    *,
    actor: Actor,
    organisation_id: UUID,
    name_zh: str | None = None,
    name_en: str | None = None,
    kind: OrganisationKind | None = None,
    uscc: str | None = None,
    country: str | None = None,
) -> Organisation:
    """Change what is known of an organisation; what is not given stays."""
    organisation = get_visible(Organisation, organisation_id, actor=actor, for_change=True)
    require(actor, EDIT_ORGANISATION, organisation)
    given = {
        "name_zh": name_zh.strip() if name_zh is not None else None,
        "name_en": name_en.strip() if name_en is not None else None,
        "kind": kind,
        "uscc": normalise_uscc(uscc) if uscc is not None else None,
        "country": country,
    }
    changes = apply_edits(organisation, {column: new for column, new in given.items() if new is not None})
    _check_organisation(
        name_zh=organisation.name_zh,
        name_en=organisation.name_en,
        uscc=organisation.uscc,
        country=organisation.country,
    )
    if changes:
        if "uscc" in changes:
            _refuse_taken_code(actor, organisation.uscc)
        organisation.save(update_fields=list(changes))
        former = [str(changes[column][0]) for column in ("name_zh", "name_en") if column in changes]
        note_names(organisation, former, NameKind.FORMER, actor=actor)
        record_event("organisation.edited", actor=actor, subject=organisation, changes=changes)
    return organisation


@transaction.atomic
def open_alliance(
    *,
    actor: Actor,
    code: str,
    name_zh: str = "",
    name_en: str = "",
    zone: str = "Asia/Shanghai",
    association_id: UUID | None = None,
) -> Alliance:
    """Open an alliance with a code of small letters, digits and hyphens, and the zone that decides its days."""
    require_kind(actor, CREATE_ALLIANCE, Alliance)
    checks = _names(name_zh, name_en)
    _code(checks, code)
    if zone not in available_timezones():
        checks.wrong("zone", "unknown_zone", f"“{zone}” is not a time zone such as Asia/Shanghai.")
    checks.refuse()
    association = get_visible(Organisation, association_id, actor=actor) if association_id else None
    with told_as({"alliance_code_unique": Conflict(f"An alliance with the code “{code}” exists already.")}):
        alliance = Alliance.objects.create(
            code=code,
            name_zh=name_zh.strip(),
            name_en=name_en.strip(),
            zone=zone,
            association=association,
            created_at=actor.clock.now(),
        )
    record_event("alliance.opened", actor=actor, subject=alliance)
    return alliance


@transaction.atomic
def open_operating_entity(
    *, actor: Actor, alliance_id: UUID, organisation_id: UUID, code: str, name_zh: str = "", name_en: str = ""
) -> OperatingEntity:
    """Make an organisation the contract party of a part of an alliance's business."""
    alliance = get_visible(Alliance, alliance_id, actor=actor, for_change=True)
    require(actor, OPEN_OPERATING_ENTITY, alliance)
    organisation = get_visible(Organisation, organisation_id, actor=actor)
    checks = _names(name_zh or organisation.name_zh, name_en or organisation.name_en)
    _code(checks, code)
    checks.refuse()
    taken = Conflict(f"This alliance has an operating entity with the code “{code}” already.")
    with told_as({"operatingentity_code_unique": taken}):
        entity = OperatingEntity.objects.create(
            alliance=alliance,
            organisation=organisation,
            code=code,
            name_zh=name_zh.strip() or organisation.name_zh,
            name_en=name_en.strip() or organisation.name_en,
            created_at=actor.clock.now(),
        )
    record_event("operating_entity.opened", actor=actor, subject=entity)
    return entity


def _refuse_taken_code(actor: Actor, code: str) -> None:
    """Refuse a code of an organisation that the actor sees.

    Of one that the actor may not see nothing is told: both records stand, and whoever sees both merges them.
    """
    if not code:
        return
    with connection.cursor() as cursor:
        # One after the other: who comes second finds what the first recorded.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"organisation {code}"])
    if Organisation.objects.visible_to(actor).filter(uscc=code).exists():
        raise Conflict("An organisation with this unified social credit code exists already.")


def _check_organisation(*, name_zh: str, name_en: str, uscc: str, country: str) -> None:
    checks = _names(name_zh, name_en)
    if uscc and not is_valid_uscc(uscc):
        checks.wrong("uscc", "bad_uscc", _uscc_message(uscc))
    checks.country("country", country)
    checks.refuse()


def _uscc_message(uscc: str) -> str:
    if len(uscc) != 18:
        return f"A unified social credit code has 18 characters; this one has {len(uscc)}."
    try:
        expected = uscc_check_character(uscc[:17])
    except ValueError:
        return "A unified social credit code has digits and capitals without I, O, S, V and Z."
    if expected == uscc[17]:
        return "Characters 3 to 8 of a unified social credit code are the digits of an administrative division."
    return f"The last character does not fit the others (it would be {expected}): look for a typing mistake."


def _names(name_zh: str, name_en: str) -> Checks:
    checks = Checks()
    checks.text("name_zh", name_zh, needed=False)
    checks.text("name_en", name_en, needed=False)
    if not name_zh.strip() and not name_en.strip():
        checks.wrong("name_zh", "required", "Give a Chinese or an English name.")
    return checks


def _code(checks: Checks, code: str) -> None:
    if not _CODE.fullmatch(code):
        checks.wrong("code", "bad_code", "A code has up to 40 small letters, digits and hyphens, no hyphen first.")
