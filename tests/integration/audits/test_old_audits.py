"""Audits from before an answer had its days and a cancellation took two are brought along; later ones keep rules."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import Error as PostgresError

from licensing.audits.models import Audit
from platform_core.ids import new_id
from platform_site.database.embedded import EmbeddedDatabase
from tests.factories.old_databases import database_as_of

BEFORE = ("audits", "0002_rules")
LATE = datetime(2026, 3, 3, 17, tzinfo=UTC)
"""The fourth of March already where the alliance is."""
QUARTER = {"first_month": date(2025, 1, 1), "last_month": date(2025, 3, 1)}
WORKED_OUT: dict[str, Any] = {
    "handed_in_at": LATE,
    "cost_minor": 500,
    "interest_until_on": date(2026, 3, 20),
    "charge_month": date(2026, 4, 1),
    "paid_minor": 95_000,
    "due_minor": 100_000,
    "shortfall_minor": 5_000,
    "interest_minor": 12,
    "is_cost_shifted": True,
}
SETTLED: dict[str, Any] = {"state": "settled", "settled_at": LATE}
CANCELLED: dict[str, Any] = {"state": "cancelled", "cancelled_at": LATE, "cancelled_reason": "Mended by itself"}


@pytest.fixture
def old_database(
    postgres: EmbeddedDatabase, django_db_setup: None, django_db_blocker: Any, worker_id: str
) -> Iterator[None]:
    with django_db_blocker.unblock(), database_as_of(postgres, BEFORE, name=f"test_lianchi_old_audits_{worker_id}"):
        yield


def old_programme() -> Callable[..., None]:
    """Put down a programme as it was then; each call adds an audit of one of its licences."""
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps

    def make(label: str, model: str, /, **given: Any) -> Any:
        return old.get_model(label, model).objects.create(**given)

    alliance = make("identity", "Alliance", code="old", name_zh="旧联盟")
    firm = make("identity", "Organisation", name_zh="被许可人")
    entity = make("identity", "OperatingEntity", alliance=alliance, organisation=firm, code="e", name_zh="联盟公司")
    pool = make("composition", "Pool", alliance=alliance, code="P", name="P")
    programme = make(
        "terms", "Programme", alliance=alliance, pool=pool, operating_entity=entity, code="P", name="P", currency="CNY"
    )
    user = make("identity", "User", email="one@example.com", name="One")
    seat = make("identity", "Seat", user=user, organisation=firm)

    def audit_of(code: str, state: str, number: int = 1, **given: Any) -> None:
        licence = old.get_model("agreements", "Licence").objects.filter(code=code).first()
        licence = licence or make("agreements", "Licence", programme=programme, licensee=firm, code=code)
        clause = old.get_model("audits", "AuditClause").objects.filter(licence=licence).first() or make(
            "audits",
            "AuditClause",
            licence=licence,
            from_on=date(2025, 1, 1),
            stands_in="8",
            notice_days=15,
            look_back_years=3,
            months_between=12,
            threshold_percent=5,
            threshold_reaches="more_than",
            threshold_measure="paid",
            payment_days=30,
            recorded_at=LATE,
        )
        days = {} if state == "proposed" else {"noticed_on": date(2026, 2, 2), "access_from_on": date(2026, 2, 17)}
        about = {"licence": licence, "clause": clause, "number": number, "reason": "Yearly", "auditor": seat}
        make("audits", "Audit", state=state, currency="CNY", proposed_at=LATE, **about, **QUARTER, **days, **given)

    return audit_of


def test_old_audits_are_brought_along_and_those_to_come_keep_every_rule(old_database: None) -> None:
    audit_of = old_programme()
    audit_of("HANDED-IN", "reported", handed_in_at=LATE)
    audit_of("WORKED-OUT", "calculated", **WORKED_OUT)
    audit_of("FIELDWORK", "fieldwork")
    audit_of("ENDED", **WORKED_OUT, **SETTLED)
    audit_of("ENDED", number=2, **WORKED_OUT, **SETTLED)
    audit_of("ENDED", number=3, handed_in_at=LATE, **CANCELLED)
    audit_of("ENDED", "noticed", number=4)

    call_command("migrate", "audits", interactive=False, verbosity=0)

    rows = Audit.objects.order_by("licence__code", "number")
    figures = ("answer_until_on", "charged_minor", "billed_minor", "minimum_minor")
    assert list(rows.values_list("licence__code", "state", *figures)) == [
        ("ENDED", "settled", None, None, None, None),
        ("ENDED", "settled", None, None, None, None),
        ("ENDED", "cancelled", None, None, None, None),
        ("ENDED", "noticed", None, None, None, None),
        ("FIELDWORK", "fieldwork", None, None, None, None),
        ("HANDED-IN", "reported", date(2026, 4, 3), None, None, None),
        ("WORKED-OUT", "calculated", date(2026, 4, 3), 5_000, 0, 0),
    ]
    bare = {**WORKED_OUT, "answer_until_on": date(2026, 4, 3)}
    charged = {**bare, "charged_minor": 5_000, "billed_minor": 0, "minimum_minor": 0}
    assert [
        refused_by("HANDED-IN", **changed)
        for changed in (
            {"answer_until_on": None},
            {**bare, "state": "calculated"},
            {**bare, **SETTLED},
            CANCELLED,
        )
    ] == ["audit_answer_has_its_days", "audit_worked_out_wholly", "audit_worked_out_wholly", "audit_cancelled_by_two"]
    Audit.objects.filter(licence__code="HANDED-IN").update(**charged, **SETTLED)
    with pytest.raises(IntegrityError) as again, transaction.atomic():
        double(Audit.objects.get(licence__code="HANDED-IN"))
    assert constraint_of(again.value) == "audit_each_month_once"

    call_command("migrate", *BEFORE, interactive=False, verbosity=0)
    call_command("migrate", "audits", "0005", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        # As a database of the days between has it.
        cursor.execute("ALTER TABLE audits_audit ADD CONSTRAINT audit_cancelled_by_two CHECK (true)")
    call_command("migrate", "audits", interactive=False, verbosity=0)

    assert Audit.objects.filter(answer_until_on=date(2026, 4, 3)).count() == 1


def refused_by(code: str, **changed: Any) -> str | None:
    """Return the rule by which the database refuses to change the audit of a licence."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Audit.objects.filter(licence__code=code).update(**changed)
    return constraint_of(refusal.value)


def constraint_of(error: IntegrityError) -> str | None:
    """Return the rule that an error names."""
    assert isinstance(error.__cause__, PostgresError)
    return error.__cause__.diag.constraint_name


def double(audit: Audit) -> None:
    """Audit the same months once more."""
    audit.pk, audit.number, audit.state = new_id(), 2, "proposed"
    audit._state.adding = True
    audit.save(force_insert=True)
