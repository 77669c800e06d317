"""Requests made from the API's own description are answered as it says: no fault of ours, nothing undocumented.

Every operation is asked as three roles: with valid input in each run, with broken input in every other one
(`tests/parts.py`). What a request changes is rolled back before the next operation. `SCHEMATHESIS_EXAMPLES` sets how
many requests each operation gets as each role.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.utils.text import slugify
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as run_with
from schemathesis import GenerationMode, checks
from schemathesis.core.failures import Failure, FailureGroup

from platform_core.access.registry import policies
from platform_core.identity.models import Seat
from tests.api.core.clients import client_of
from tests.factories.world import World
from tests.parts import is_asked

EXAMPLES: Final = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "1"))
"""Requests to each operation as each role, in each mode."""

ROLES: Final = {
    "secretariat": "first secretariat",
    "member": "first member_admin",
    "licensee": "first licensee",
}
CHECKS: Final = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
CSRF: Final = "c" * 32
SAME_FOR_ALL: Final = 20261122

# How ids are called where that is not the name of what they are the id of.
ALSO_CALLED: Final = {
    "run": "close-run",
    "report": "sales-report",
    "version": "terms-version",
    "entry": "pool-entry",
    "member": "pool-member",
    "change": "licence-change",
    "assignment": "role-assignment",
    "licensee": "organisation",
    "owner": "organisation",
    "from-owner": "organisation",
    "to-owner": "organisation",
    "seal": "audit-seal",
}


@dataclass
class Person:
    """Who asks as one role, and what was answered."""

    cookies: Mapping[str, str]
    requests: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def ask(self, label: str, case: Any) -> None:
        """Send a request, and keep what is wrong with its answer."""
        try:
            response = case.call(cookies=dict(self.cookies))
        except Exception as error:
            self.failures.append(f"{label}: {type(error).__name__}: {error}")
            return
        self.requests += 1
        self.answers[response.status_code] += 1
        if b'"code":"files_missing"' in response.content:
            # The runs of this world were never calculated: that their files are not there is rightly told.
            return
        try:
            case.validate_response(response, checks=CHECKS)
        except (FailureGroup, Failure) as failure:
            self.failures.append(f"{label}\n{failure}")


def known_ids() -> dict[str, list[str]]:
    """Ids of everything there is, by what it is called in addresses and fields."""
    found: dict[str, list[str]] = {}
    for policy in policies():
        ids = policy.model._base_manager.order_by("pk").values_list("pk", flat=True)[:20]
        found[slugify(str(policy.model._meta.verbose_name))] = [str(pk) for pk in ids]
    return found


def signed_in(seat: Seat) -> dict[str, str]:
    """The cookies of a browser that is signed in, in a seat."""
    session = client_of(seat).cookies[settings.SESSION_COOKIE_NAME].value
    return {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: CSRF}


def with_real_ids(value: Any, name: str, ids: Mapping[str, list[str]], dice: random.Random) -> Any:
    """Put ids of things that exist where the description says no more than that there is an id."""
    if isinstance(value, dict):
        return {key: with_real_ids(inner, str(key), ids, dice) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_real_ids(inner, name, ids, dice) for inner in value]
    called = name.removesuffix("_id").replace("_", "-")
    known = ids.get(called) or ids.get(ALSO_CALLED.get(called, ""), [])
    return dice.choice(known) if known and isinstance(value, str) and dice.random() < 0.8 else value


def prepare(case: Any, ids: Mapping[str, list[str]], dice: random.Random) -> None:
    """Make a request one that gets past the door: signed in, with things that exist and a key of its own."""
    case.cookies = {}
    case.path_parameters = with_real_ids(dict(case.path_parameters or {}), "", ids, dice)
    case.query = with_real_ids(dict(case.query or {}), "", ids, dice)
    if isinstance(case.body, dict):
        case.body = with_real_ids(case.body, "", ids, dice)
    sent = {name: value for name, value in (case.headers or {}).items() if name not in ("X-Seat", "Cookie")}
    if "If-Match" in sent and dice.random() < 0.7:
        sent["If-Match"] = "*"
    if "Idempotency-Key" in sent and dice.random() < 0.9:
        sent["Idempotency-Key"] = f"key-{dice.getrandbits(64)}"
    case.headers = {**sent, "X-CSRFToken": CSRF}


def ask(operation: Any, mode: GenerationMode, people: Mapping[str, Person], ids: Mapping[str, list[str]]) -> None:
    """Ask one operation some times, the same as each role, and keep what was wrong with the answers.

    Making a request up takes longer than answering it, so that each is made once for all of them.
    """
    dice = random.Random(f"{operation.label} {mode}")

    @seed(SAME_FOR_ALL)
    @run_with(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        prepare(case, ids, dice)
        for person in people.values():
            with transaction.atomic():
                person.ask(operation.label, case)
                # What ends a session is rolled back too, so that one is enough for all.
                transaction.set_rollback(True)

    asked()


@pytest.mark.timeout(900)
# The client of this test reads an answer whole and leaves the file behind it to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_every_answer_is_documented_and_none_is_a_fault_of_ours(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    found: Any = list(schema.get_all_operations())
    operations = [described.ok() for described in found]
    only = os.environ.get("SCHEMATHESIS_ONLY", "")
    operations = [operation for operation in operations if only in operation.label]
    ids = known_ids()
    people = {role: Person(cookies=signed_in(world.seats[name])) for role, name in ROLES.items()}
    begun = time.monotonic()
    for operation in operations:
        ask(operation, GenerationMode.POSITIVE, people, ids)
        if is_asked(operation.label, parts=2):
            ask(operation, GenerationMode.NEGATIVE, people, ids)
    seconds = time.monotonic() - begun
    with capsys.disabled():
        sys.stdout.write(f"\nschemathesis: {len(operations)} operations as {len(ROLES)} roles, {seconds:.0f} s\n")
        for role, person in people.items():
            answers = ", ".join(f"{count} x {status}" for status, count in sorted(person.answers.items()))
            sys.stdout.write(
                f"  {role}: {person.requests} requests, {len(person.failures)} failures; answers: {answers}\n"
            )
    failures = {failure for person in people.values() for failure in person.failures}
    assert not failures, "\n\n".join(sorted(failures)[:20])
    for person in people.values():
        # A door that opens for nobody would document itself well too.
        assert person.answers[200] > person.requests / 6
