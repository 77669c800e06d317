"""Changing the encryption key: what an older key sealed is sealed anew, row by row, however often interrupted."""

from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction

from platform_core.secrets import EncryptedField, Keyring, key_id_of, keyring
from platform_core.signin.adapters import place_of_factor
from platform_core.signin.models import Session
from platform_core.signin.sessions import place_of_contents

Reseal = Callable[[str, str], str]
"""Takes a sealed text and its place, and returns it sealed with the current key."""

Change = Callable[[Any, Reseal], list[str]]
"""Seals what a row keeps sealed anew, and returns the columns that changed."""

FACTOR_SECRETS: Final = ("secret", "seed")
"""What of a second factor is secret; the codes of another system are a list beside them."""
FACTOR_CODES: Final = "migrated_codes"


def reseal_everything() -> int:
    """Seal anew what older keys sealed, and return how many rows that were; each row is a transaction of its own."""
    ring = keyring()
    done = 0
    for model, change in _sealed_models():
        for key in list(model._base_manager.order_by("pk").values_list("pk", flat=True)):
            done += _reseal_row(model, key, change, ring)
    return done


def keys_in_use() -> frozenset[str]:
    """Return the ids of the keys that something is sealed with."""
    found: set[str] = set()

    def note(sealed: str, place: str) -> str:
        found.add(key_id_of(sealed))
        return sealed

    for model, change in _sealed_models():
        for row in model._base_manager.order_by("pk").iterator():
            change(row, note)
    return frozenset(found)


def _reseal_row(model: type[models.Model], key: UUID | int, change: Change, ring: Keyring) -> int:
    def reseal(sealed: str, place: str) -> str:
        if key_id_of(sealed) == ring.current:
            return sealed
        return ring.seal(ring.open(sealed, bound_to=place), bound_to=place)

    with transaction.atomic():
        # Locked, so that what the running site writes meanwhile is not overwritten.
        row = model._base_manager.select_for_update().filter(pk=key).first()
        changed = change(row, reseal) if row is not None else []
        if row is not None and changed:
            row.save(update_fields=changed)
    return 1 if changed else 0


def _sealed_models() -> Iterator[tuple[type[models.Model], Change]]:
    for model in apps.get_models():
        columns = [field for field in model._meta.concrete_fields if isinstance(field, EncryptedField)]
        if columns:
            yield model, _change_columns(columns)
    yield Session, _change_session
    yield Authenticator, _change_factor


def _change_columns(columns: list[EncryptedField]) -> Change:
    def change(row: models.Model, reseal: Reseal) -> list[str]:
        changed = []
        for column in columns:
            sealed = row.__dict__[column.attname]
            if sealed:
                new = type(sealed)(reseal(str(sealed), column.bound_to(row)))
                if new != sealed:
                    row.__dict__[column.attname] = new
                    changed.append(column.attname)
        return changed

    return change


def _change_session(row: Session, reseal: Reseal) -> list[str]:
    new = reseal(row.contents, place_of_contents(row.key_hash)) if row.contents else row.contents
    if new == row.contents:
        return []
    row.contents = new
    return ["contents"]


def _change_factor(row: Any, reseal: Reseal) -> list[str]:
    place = place_of_factor(row.user_id)
    new = {**row.data, **{name: reseal(row.data[name], place) for name in FACTOR_SECRETS if name in row.data}}
    if FACTOR_CODES in new:
        new[FACTOR_CODES] = [reseal(code, place) for code in new[FACTOR_CODES]]
    if new == row.data:
        return []
    row.data = new
    return ["data"]
