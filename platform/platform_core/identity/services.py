"""Making and changing users, organisations, alliances and operating entities."""

from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.db import IntegrityError, transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_kind
from platform_core.audit.services import record_event
from platform_core.codes import COUNTRIES
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, OrganisationKind, User
from platform_core.identity.policies import (
    CREATE_ALLIANCE,
    CREATE_ORGANISATION,
    CREATE_USER,
    EDIT_ORGANISATION,
    OPEN_OPERATING_ENTITY,
)
from platform_core.identity.uscc import is_valid_uscc, normalise_uscc, uscc_check_character
from platform_core.problems import Conflict, FieldError, InvalidInput


@transaction.atomic
def register_user(*, actor: Actor, email: str, name: str, password: str | None = None) -> User:
    """Register a person who can sign in; without a password, not before one is set."""
    require_kind(actor, CREATE_USER, User)
    address = email.strip().lower()
    if User.objects.filter(email=address).exists():
        raise Conflict("A user with this e-mail address exists already.")
    user = User.objects.create_user(address, name=name.strip(), password=password, created_at=actor.clock.now())
    record_event("user.registered", actor=actor, subject=user)
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
    """Register an organisation; a social credit code is checked and belongs to one organisation only."""
    require_kind(actor, CREATE_ORGANISATION, Organisation)
    code = normalise_uscc(uscc)
    _check_organisation(name_zh=name_zh, name_en=name_en, uscc=code, country=country)
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(
                name_zh=name_zh.strip(),
                name_en=name_en.strip(),
                kind=kind,
                uscc=code,
                country=country,
                created_at=actor.clock.now(),
            )
    except IntegrityError as error:
        raise Conflict("An organisation with this unified social credit code exists already.") from error
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
    changes: dict[str, tuple[object, object]] = {}
    for column, new in given.items():
        old = getattr(organisation, column)
        if new is not None and new != old:
            changes[column] = (old, new)
            setattr(organisation, column, new)
    _check_organisation(
        name_zh=organisation.name_zh,
        name_en=organisation.name_en,
        uscc=organisation.uscc,
        country=organisation.country,
    )
    if changes:
        try:
            with transaction.atomic():
                organisation.save(update_fields=list(changes))
        except IntegrityError as error:
            raise Conflict("An organisation with this unified social credit code exists already.") from error
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
    _check_named(name_zh, name_en)
    _check_code(code)
    if zone not in available_timezones():
        raise _wrong("/zone", "unknown_zone", f"“{zone}” is not a time zone such as Asia/Shanghai.")
    association = get_visible(Organisation, association_id, actor=actor) if association_id else None
    if Alliance.objects.filter(code=code).exists():
        raise Conflict(f"An alliance with the code “{code}” exists already.")
    alliance = Alliance.objects.create(
        code=code,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        zone=ZoneInfo(zone).key,
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
    _check_code(code)
    if OperatingEntity.objects.filter(alliance=alliance, code=code).exists():
        raise Conflict(f"This alliance has an operating entity with the code “{code}” already.")
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


def _check_organisation(*, name_zh: str, name_en: str, uscc: str, country: str) -> None:
    errors: list[FieldError] = []
    if not name_zh.strip() and not name_en.strip():
        errors.append(FieldError("/name_zh", "required", "Give a Chinese or an English name."))
    if uscc and not is_valid_uscc(uscc):
        errors.append(FieldError("/uscc", "bad_check_digit", _uscc_message(uscc)))
    if country not in COUNTRIES:
        errors.append(FieldError("/country", "unknown_country", f"“{country}” is not an ISO 3166-1 alpha-2 code."))
    if errors:
        raise InvalidInput(errors=errors)


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


def _check_named(name_zh: str, name_en: str) -> None:
    if not name_zh.strip() and not name_en.strip():
        raise _wrong("/name_zh", "required", "Give a Chinese or an English name.")


def _check_code(code: str) -> None:
    if not code.isascii() or not code.replace("-", "").isalnum() or code != code.lower() or code.startswith("-"):
        raise _wrong("/code", "bad_code", "A code has small letters, digits and hyphens, and does not begin with one.")


def _wrong(pointer: str, code: str, message: str) -> InvalidInput:
    return InvalidInput(errors=[FieldError(pointer, code, message)])
