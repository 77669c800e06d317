"""Sealing beside those who write, the keys it is done with, and the form of what is sealed."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from platform_core.audit import sealing
from platform_core.audit.calculation import COLUMNS, FORM, head_of, statement
from platform_core.audit.keys import known_keys, read_public_key, seal_key
from platform_core.audit.models import AuditEvent, AuditSeal, AuditSealedRow
from platform_core.audit.services import record_event
from platform_core.identity.models import Alliance
from tests.factories.core import clock_at, command_line
from tests.integration.audit_seals.acts import record, seal, verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_that_is_committed_late_is_not_passed_over(alliance: Alliance) -> None:
    begun, go_on = threading.Event(), threading.Event()
    late: list[AuditEvent] = []

    def slow() -> None:
        try:
            with transaction.atomic():
                late.append(record_event("alliance.edited", actor=command_line(), subject=alliance))
                begun.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert begun.wait(20)
    early = record(alliance, 2)
    assert [seal.last_row for seal in seal()] == [2]
    assert late[0].pk < early[0].pk
    go_on.set()
    writer.join(20)
    seal()
    assert AuditSealedRow.objects.get(number=3).event_id == late[0].pk
    assert verify().sound


def test_many_writers_and_sealers_make_one_chain(alliance: Alliance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 7)
    failed: list[BaseException] = []

    def do(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    def write() -> None:
        record(alliance, 25)

    def seal_often() -> None:
        for _ in range(12):
            seal()

    works = [write] * 4 + [seal_often] * 3
    threads = [threading.Thread(target=do, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    seal()
    found = verify()
    assert (found.findings, found.rows, found.unsealed) == ([], 100, 0)
    heads = list(AuditSeal.objects.order_by("number").values_list("previous_head", "head"))
    assert [before for before, _ in heads[1:]] == [head for _, head in heads[:-1]]


def test_whoever_writes_does_not_wait_for_the_sealer(alliance: Alliance) -> None:
    record(alliance, 2)
    with transaction.atomic():
        assert sealing._seal_batch(seal_key(), clock_at()) is not None
        done = threading.Event()

        def write() -> None:
            try:
                record(alliance)
                done.set()
            finally:
                connection.close()

        thread = threading.Thread(target=write)
        thread.start()
        assert done.wait(10)
        thread.join(10)
    seal()
    assert verify().rows == 3


def test_the_key_is_for_its_owner_alone_and_stays_the_same(data_dir: Path) -> None:
    first = seal_key()
    path = data_dir / "audit" / "seal-key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert seal_key().public.id == first.public.id
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(known_keys()) == [first.public.id]
    assert read_public_key(first.public.pem).id == first.public.id


def test_seals_of_a_former_key_still_hold(alliance: Alliance, data_dir: Path) -> None:
    record(alliance)
    seal()
    (data_dir / "audit" / "seal-key.pem").unlink()
    record(alliance)
    seal()
    assert len(known_keys()) == 2
    assert verify().sound


def test_the_present_form_seals_every_column_of_an_event() -> None:
    """Another column needs another form: what was sealed before must still have its hash."""
    assert set(COLUMNS[FORM]) == {field.attname for field in AuditEvent._meta.concrete_fields}


def test_a_statement_is_the_same_to_the_byte_for_ever() -> None:
    stated = statement(
        form=1,
        number=1,
        first_row=1,
        last_row=2,
        previous_head="0" * 64,
        last_hash="a" * 64,
        sealed_at=clock_at().now(),
        key_id="k",
    )
    assert stated.decode() == (
        'lianchi-audit-seal/1\n{"first_row":1,"form":1,"key_id":"k","last_hash":"' + "a" * 64 + '","last_row":2,'
        '"number":1,"previous_head":"' + "0" * 64 + '","sealed_at":"2026-03-02T04:00:00.000000+00:00"}'
    )
    assert len(head_of(stated)) == 64
