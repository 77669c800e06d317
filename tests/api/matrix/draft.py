"""Propose lines of the table for routes that miss in it, as they answer now: for a person to judge by access.md.

    python -m pytest -q -s tests/api/matrix/draft.py

Nothing of it is right because it is so: each line says what the code does, and belongs in the table only after
somebody has compared it with what the page on access demands.
"""

import sys

from tests.api.matrix.asked import answers, question
from tests.api.matrix.asking import routes
from tests.api.matrix.kept import EVERYBODY, Samples
from tests.api.matrix.table import TABLE, Row, written

pytest_plugins = ["tests.api.matrix.fixtures"]


def test_draft(samples: Samples) -> None:
    for route in routes():
        if route in TABLE:
            continue
        one = question(route)
        cells: dict[str, dict[str, str]] = {
            asker.name: {answer.relation: answer.verdict for answer in answers(one, asker, samples)}
            for asker in samples.askers
        }
        rows: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for name in EVERYBODY:
            rows.setdefault(tuple(sorted(cells[name].items())), []).append(name)
        sys.stdout.write(written(route, [Row(tuple(who), dict(seen)) for seen, who in rows.items()]) + "\n")
