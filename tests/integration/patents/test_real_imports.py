"""The real files of other systems taken in by one office: what each brings, and that a second time brings nothing.

`python -m pytest -q -s tests/integration/patents/test_real_imports.py` prints the counts.
"""

import sys
from collections import Counter
from pathlib import Path

import pytest

from platform_core.exchange.models import ImportState
from pools.patents.models import LegalEvent, Patent
from tests.integration.patents.desk import Desk

DATA = Path(__file__).parents[4] / "shared" / "data"
FILES = sorted(
    path.relative_to(DATA)
    for folder in ("patents", "pools", "cnipa_xml", "ops_xml")
    for path in (DATA / folder).rglob("*.*")
)

pytestmark = [
    pytest.mark.skipif(not FILES, reason="the real files are beside the project only"),
    pytest.mark.django_db,
    pytest.mark.usefixtures("files_of_their_own"),
]


def test_every_real_file_is_taken_in_and_a_second_time_changes_nothing() -> None:
    desk = Desk()
    outcomes: Counter[str] = Counter()
    for path in FILES:
        contents = (DATA / path).read_bytes()
        before = (Patent.objects.count(), LegalEvent.objects.count())
        found = desk.apply(desk.check_file(contents, path.name, take_doubtful=True))
        brought = (Patent.objects.count() - before[0], LegalEvent.objects.count() - before[1])
        counts = {outcome: count for outcome, count in found.counts.items() if count}
        sys.stdout.write(f"  {path!s:60} {found.told.get('profile')}: {counts}, {brought[0]} patents made, ")
        sys.stdout.write(f"{brought[1]} legal events\n")
        assert found.state == ImportState.APPLIED, (path, found.detail)
        outcomes.update(counts)
    register = (Patent.objects.count(), LegalEvent.objects.count())
    assert outcomes["refused"] == 0
    assert register[0] > 18_000
    for path in FILES:
        again = desk.apply(desk.check_file((DATA / path).read_bytes(), path.name, take_doubtful=True))
        assert again.counts["new"] == 0, path
    assert (Patent.objects.count(), LegalEvent.objects.count()) == register
