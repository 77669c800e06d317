"""Every route × everybody × every relation, against a table that was written by hand from the page on access.

All combinations take minutes, so that a run asks a quarter of them, another one each day; `LIANCHI_MATRIX=all` asks
all, and `LIANCHI_MATRIX=0` to `3` one quarter again. A cell `403?1` is what is answered today although the page demands
something else: the first known deviation of `deviations.toml`, which says what. It fails as soon as it is mended.
"""

import sys
import tomllib
from collections import Counter

import pytest

from tests.api.matrix.asked import HERE, NOT_LISTED, answers, question
from tests.api.matrix.asking import REFUSALS, other_addresses, routes
from tests.api.matrix.kept import EVERYBODY, Samples
from tests.api.matrix.table import OTHERS, TABLE, expected
from tests.parts import PART, is_asked

pytest_plugins = ["tests.api.matrix.fixtures"]

SEEN: Counter[str] = Counter()
DEVIATIONS = tomllib.loads((HERE / "deviations.toml").read_text(encoding="utf-8"))
PARTS = 4


WHAT_TO_DO = """{}
These routes have no line in the table of who gets what. For each of them:
1. say in questions.toml what kind of object it is about (and what is sent, where it changes something);
2. for a new kind, name in samples.py an object in each relation: own, same alliance, other alliance, assigned …;
3. have the lines proposed, as it answers now: python -m pytest -q -s tests/api/matrix/draft.py;
4. judge each of them by the page on access, mend the code where they differ, and only then put them into expected/."""


def chosen(route: str, name: str, relation: str) -> bool:
    """Whether a combination is in the part that is asked."""
    return is_asked(f"{route} {name} {relation}", parts=PARTS)


def test_the_table_speaks_of_every_route_and_of_no_other() -> None:
    missing, gone = sorted(set(routes()) - set(TABLE)), sorted(set(TABLE) - set(routes()))
    assert missing == [], WHAT_TO_DO.format("\n".join(missing))
    assert gone == [], "these routes are gone: remove their lines from tests/api/matrix/expected and questions.toml"
    # The description of the API is for everybody.
    assert other_addresses() == {"schema/", "docs/"}


def test_every_line_speaks_of_everybody() -> None:
    for route, lines in TABLE.items():
        assert OTHERS in lines or set(lines) == set(EVERYBODY), route


def test_every_known_deviation_is_told_in_words_and_stands_in_the_table() -> None:
    cells = (cell for lines in TABLE.values() for line in lines.values() for cell in line.values())
    assert {cell.partition("?")[2] for cell in cells} - {""} == set(DEVIATIONS)


@pytest.mark.parametrize("route", sorted(TABLE))
def test_everybody_gets_what_the_table_says_and_a_refusal_changes_nothing(samples: Samples, route: str) -> None:
    one = question(route)
    wrong: list[str] = []
    for asker in samples.askers:
        for answer in answers(one, asker, samples, chosen):
            right, _, deviation = expected(route, asker.name, answer.relation).partition("?")
            SEEN["combinations"] += 1
            SEEN[f"deviation {deviation}"] += bool(deviation)
            if answer.verdict != right:
                wrong.append(f"{asker.name}, {answer.relation}: {answer.verdict} and not {right}")
                SEEN["leaks"] += right in REFUSALS | {NOT_LISTED} and answer.verdict not in REFUSALS | {NOT_LISTED}
            if answer.written:
                wrong.append(f"{asker.name}, {answer.relation}: refused, yet wrote to {', '.join(answer.written)}")
    assert wrong == [], f"{route}\n" + "\n".join(wrong)


def test_nothing_leaks(capsys: pytest.CaptureFixture[str]) -> None:
    part = "all" if PART == "all" else "a quarter"
    told = [
        f"{len(TABLE)} routes × {len(EVERYBODY)} people × relations: "
        f"{SEEN['combinations']} combinations ({part}), {SEEN['leaks']} leaks",
        *(
            f"known deviation {number}, {SEEN[f'deviation {number}']} cells: {sentence}"
            for number, sentence in DEVIATIONS.items()
        ),
    ]
    with capsys.disabled():
        sys.stdout.write("".join(f"\n{line}" for line in told) + "\n")
    assert SEEN["leaks"] == 0
    assert SEEN["combinations"] > 0
