"""The sealed record: what was tampered with is found at its row."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from platform_core.audit import sealing
from platform_core.audit.calculation import COLUMNS, FORM, hash_of_row
from platform_core.audit.heads import read_head
from platform_core.audit.keys import seal_key
from platform_core.audit.models import AuditEvent, AuditSealedRow
from platform_core.audit.verifying import Fault, verify_record
from platform_core.identity.models import Alliance
from tests.integration.audit_seals.acts import faults, kept_head, record, seal, verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_events_are_numbered_from_one_in_batches_that_follow_one_another(
    alliance: Alliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    events = record(alliance, 7)
    seals = seal()
    assert [(row.first_row, row.last_row) for row in seals] == [(1, 3), (4, 6), (7, 7)]
    assert [row.previous_head for row in seals] == ["0" * 64, seals[0].head, seals[1].head]
    rows = AuditSealedRow.objects.order_by("number").values_list("number", "event_id")
    assert list(rows) == list(enumerate([event.pk for event in events], 1))
    assert seal() == []
    found = verify()
    assert (found.sound, found.rows, found.seals, found.unsealed, found.head) == (True, 7, 3, 0, seals[-1].head)


def test_what_is_not_sealed_yet_is_told_as_such_and_is_not_wrong(alliance: Alliance) -> None:
    record(alliance, 2)
    seal()
    waiting = record(alliance, 3)
    found = verify()
    assert (found.sound, found.rows, found.unsealed, found.oldest_unsealed_at) == (True, 2, 3, waiting[0].at)
    seal()
    assert verify().unsealed == 0


def test_an_empty_record_is_sound(db: None) -> None:
    found = verify()
    assert (found.sound, found.rows, found.head) == (True, 0, "0" * 64)


@pytest.mark.parametrize("column", ["name", "changes", "at", "user_id", "request_id", "alliance_id"])
def test_a_changed_event_is_found_by_its_number(alliance: Alliance, tamper: Callable[..., None], column: str) -> None:
    events = record(alliance, 5)
    seal()
    value = {
        "name": "'alliance.opened'",
        "changes": '\'{"zone": {"old": 2, "new": "c"}}\'',
        "at": "at + interval '1 microsecond'",
        "user_id": "(SELECT id FROM identity_user LIMIT 1)",
        "request_id": "'another'",
        "alliance_id": "NULL",
    }[column]
    if column == "user_id":
        from tests.factories.core import make_user

        make_user()
    tamper(f"UPDATE audit_auditevent SET {column} = {value} WHERE id = '{events[2].pk}'")
    assert faults(verify()) == [(Fault.CHANGED, 3)]


def test_a_deleted_event_is_found_with_or_without_its_number(alliance: Alliance, tamper: Callable[..., None]) -> None:
    events = record(alliance, 5)
    seal()
    tamper(
        f"DELETE FROM audit_auditsealedrow WHERE event_id = '{events[2].pk}'",
        f"DELETE FROM audit_auditevent WHERE id = '{events[2].pk}'",
    )
    assert faults(verify()) == [(Fault.MISSING, 3)]


def test_a_deleted_event_whose_number_stayed_is_found(alliance: Alliance, tamper: Callable[..., None]) -> None:
    events = record(alliance, 4)
    seal()
    key = "audit_auditsealedrow_event_id_"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'audit_auditsealedrow'::regclass AND contype = 'f'"
        )
        [(name,)] = cursor.fetchall()
    assert name.startswith(key)
    tamper(
        f"ALTER TABLE audit_auditsealedrow DROP CONSTRAINT {name}",
        f"DELETE FROM audit_auditevent WHERE id = '{events[1].pk}'",
    )
    try:
        assert faults(verify()) == [(Fault.MISSING, 2)]
    finally:
        tamper(
            "TRUNCATE audit_auditsealedrow",
            f"ALTER TABLE audit_auditsealedrow ADD CONSTRAINT {name} FOREIGN KEY (event_id) "
            "REFERENCES audit_auditevent (id) DEFERRABLE INITIALLY DEFERRED",
        )


def test_two_events_that_changed_places_are_both_found(alliance: Alliance, tamper: Callable[..., None]) -> None:
    events = record(alliance, 5)
    seal()
    second, fourth = events[1].pk, events[3].pk
    tamper(
        "ALTER TABLE audit_auditsealedrow DROP CONSTRAINT audit_auditsealedrow_event_id_key",
        f"UPDATE audit_auditsealedrow SET event_id = '{fourth}' WHERE number = 2",
        f"UPDATE audit_auditsealedrow SET event_id = '{second}' WHERE number = 4",
        "ALTER TABLE audit_auditsealedrow ADD CONSTRAINT audit_auditsealedrow_event_id_key UNIQUE (event_id)",
    )
    assert faults(verify()) == [(Fault.CHANGED, 2), (Fault.CHANGED, 4)]


def test_numbers_that_changed_places_are_found(alliance: Alliance, tamper: Callable[..., None]) -> None:
    record(alliance, 5)
    seal()
    tamper(
        "UPDATE audit_auditsealedrow SET number = 100 WHERE number = 2",
        "UPDATE audit_auditsealedrow SET number = 2 WHERE number = 3",
        "UPDATE audit_auditsealedrow SET number = 3 WHERE number = 100",
    )
    assert (Fault.CHANGED, 2) in faults(verify())
    assert (Fault.CHANGED, 3) in faults(verify())


def test_an_inserted_event_is_found_where_it_was_put(alliance: Alliance, tamper: Callable[..., None]) -> None:
    record(alliance, 4)
    seal()
    [forged] = record(alliance)
    tamper(
        "UPDATE audit_auditsealedrow SET number = number + 100 WHERE number >= 3",
        "UPDATE audit_auditsealedrow SET number = number - 99 WHERE number >= 100",
        f"INSERT INTO audit_auditsealedrow (number, event_id, hash) VALUES (3, '{forged.pk}', '{'a' * 64}')",
    )
    found = faults(verify())
    assert (Fault.CHANGED, 3) in found
    # The last one was pushed out of its seal.
    assert (Fault.UNSEALED_NUMBER, 5) in found


def test_an_event_that_was_given_a_number_without_a_seal_is_found(
    alliance: Alliance, tamper: Callable[..., None]
) -> None:
    record(alliance, 2)
    seal()
    [forged] = record(alliance)
    tamper(f"INSERT INTO audit_auditsealedrow (number, event_id, hash) VALUES (3, '{forged.pk}', '{'a' * 64}')")
    assert faults(verify()) == [(Fault.UNSEALED_NUMBER, 3)]


def test_a_changed_event_with_a_fitting_hash_breaks_the_next_row(
    alliance: Alliance, tamper: Callable[..., None]
) -> None:
    events = record(alliance, 4)
    seal()
    tamper(f"UPDATE audit_auditevent SET request_id = 'forged' WHERE id = '{events[1].pk}'")
    before = AuditSealedRow.objects.get(number=1).hash
    values = AuditEvent.objects.filter(pk=events[1].pk).values_list(*COLUMNS[FORM]).get()
    tamper(f"UPDATE audit_auditsealedrow SET hash = '{hash_of_row(FORM, before, 2, values)}' WHERE number = 2")
    assert faults(verify()) == [(Fault.CHANGED, 3)]


def test_a_cut_off_end_is_found_with_a_kept_head_alone(
    alliance: Alliance, tamper: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    record(alliance, 6)
    seal()
    kept = kept_head()
    tamper(
        "DELETE FROM audit_auditsealedrow WHERE number > 4",
        "DELETE FROM audit_auditseal WHERE number > 2",
        "DELETE FROM audit_auditevent WHERE id NOT IN (SELECT event_id FROM audit_auditsealedrow)",
    )
    assert verify().sound
    assert faults(verify(kept)) == [(Fault.CUT_OFF, 5)]
    # What is recorded from then on does not heal it.
    record(alliance, 5)
    seal()
    assert (Fault.REWRITTEN, 6) in faults(verify(kept))


def test_a_missing_seal_is_found(alliance: Alliance, tamper: Callable[..., None]) -> None:
    for _ in range(3):
        record(alliance, 2)
        seal()
    tamper("DELETE FROM audit_auditseal WHERE number = 2")
    found = verify()
    assert (Fault.SEAL_MISSING, None) in faults(found)
    assert next(finding.seal for finding in found.findings if finding.fault is Fault.SEAL_MISSING) == 2


@pytest.mark.parametrize("column", ["head", "signature", "sealed_at", "key_id", "previous_head"])
def test_a_changed_seal_is_found(alliance: Alliance, tamper: Callable[..., None], column: str) -> None:
    for _ in range(3):
        record(alliance, 2)
        seal()
    value = "sealed_at + interval '1 day'" if column == "sealed_at" else f"overlay({column} placing 'ff' from 3)"
    tamper(f"UPDATE audit_auditseal SET {column} = {value} WHERE number = 2")
    found = verify()
    assert not found.sound
    assert {finding.seal for finding in found.findings if finding.seal} <= {2, 3}


def forge_whole_record(tamper: Callable[..., None]) -> None:
    """Change events and compute every hash and seal anew, with a key of one's own that is put beside the data."""
    folder = known_keys_folder()
    for path in folder.glob("seal-key.pem"):
        path.rename(path.with_suffix(".aside"))
    tamper(
        "UPDATE audit_auditevent SET request_id = 'forged'",
        "DELETE FROM audit_auditsealedrow",
        "DELETE FROM audit_auditseal",
    )
    seal()


def known_keys_folder() -> Path:
    from platform_core.audit.keys import keys_folder

    return keys_folder()


def test_a_record_rewritten_with_another_key_is_found_by_key_and_by_head(
    alliance: Alliance, tamper: Callable[..., None]
) -> None:
    record(alliance, 3)
    seal()
    kept, trusted = kept_head(), seal_key().public
    forge_whole_record(tamper)
    # Whoever trusts the keys beside the data is deceived, ...
    assert verify().sound
    # ... whoever kept the public key or a head is not.
    assert faults(verify_record(keys={trusted.id: trusted})) == [(Fault.WRONG_KEY, 1)]
    assert faults(verify(kept)) == [(Fault.REWRITTEN, 3)]


def test_a_record_rewritten_with_the_stolen_key_is_found_by_a_kept_head(
    alliance: Alliance, tamper: Callable[..., None]
) -> None:
    record(alliance, 3)
    seal()
    kept = kept_head()
    tamper(
        "UPDATE audit_auditevent SET request_id = 'forged'",
        "DELETE FROM audit_auditsealedrow",
        "DELETE FROM audit_auditseal",
    )
    seal()
    assert verify().sound
    assert faults(verify(kept)) == [(Fault.REWRITTEN, 3)]


def test_a_kept_head_holds_although_the_record_goes_on(alliance: Alliance) -> None:
    record(alliance, 3)
    seal()
    kept, _ = read_head(json.dumps(kept_head().document()))
    record(alliance, 3)
    seal()
    assert verify(kept).sound


def test_a_kept_head_that_was_changed_is_refused(alliance: Alliance) -> None:
    record(alliance, 3)
    seal()
    head = kept_head()
    for changed in (
        replace(head, last_row=2),
        replace(head, head="0" * 64),
        replace(head, signature=base64.b64encode(b"x" * 64).decode()),
        replace(head, public_key="rubbish"),
        replace(head, sealed_at="yesterday"),
    ):
        with pytest.raises(ValueError, match=r"head|signature"):
            read_head(json.dumps(changed.document()))
    for text in ("", "{}", "[]", '{"format": "another"}', json.dumps({**head.document(), "more": 1})):
        with pytest.raises(ValueError, match="no head"):
            read_head(text)


def test_the_seals_cannot_be_changed_by_the_application(alliance: Alliance) -> None:
    record(alliance, 2)
    seal()
    for change in (
        "UPDATE audit_auditseal SET head = ''",
        "DELETE FROM audit_auditseal",
        "UPDATE audit_auditsealedrow SET hash = ''",
        "DELETE FROM audit_auditsealedrow",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert verify().sound
