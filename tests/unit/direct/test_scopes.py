"""When two scopes meet, when one covers another, and which steps lead where."""

from datetime import date

import pytest

from licensing.direct.calculation import Meeting, Scope, covers, in_country, meeting, plain_label, shuts_out
from licensing.direct.lifecycle import DIRECT_LIFECYCLE
from licensing.direct.models import DirectState
from platform_core.problems import WrongState

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)
MEETINGS = [
    (Scope(), Scope(), Meeting.SAME),
    (Scope(territory=["CN"]), Scope(territory=["US"]), Meeting.APART),
    (Scope(territory=["CN"]), Scope(territory=["CN-44"]), Meeting.SAME),
    (Scope(territory=["CN-44"]), Scope(territory=["CN-4"]), Meeting.APART),
    (Scope(territory=["CN-44"]), Scope(territory=["CN-31"]), Meeting.APART),
    (Scope(territory=["CN"]), Scope(), Meeting.SAME),
    (Scope(last=JUNE), Scope(first=JULY), Meeting.APART),
    (Scope(last=JUNE), Scope(first=JUNE), Meeting.SAME),
    (Scope(fields=["TV sets"]), Scope(fields=["tv sets"]), Meeting.SAME),
    (Scope(fields=["TV sets"]), Scope(fields=["phones"]), Meeting.CLOSE),
    (Scope(fields=["TV sets"]), Scope(), Meeting.SAME),
    (Scope(products=["T1"]), Scope(products=["T2", "T1"]), Meeting.SAME),
    (Scope(products=["T1"]), Scope(products=["T2"]), Meeting.CLOSE),
    (Scope(territory=["CN"], products=["T1"]), Scope(territory=["US"], products=["T1"]), Meeting.APART),
]


@pytest.mark.parametrize(("one", "other", "met"), MEETINGS)
def test_scopes_meet_in_whichever_order_they_are_compared(one: Scope, other: Scope, met: Meeting) -> None:
    assert meeting(one, other) is met
    assert meeting(other, one) is met


COVERED = [
    (Scope(), Scope(territory=["CN"], first=JUNE, last=JULY), True),
    (Scope(territory=["CN"]), Scope(territory=["CN-44", "CN"]), True),
    (Scope(territory=["CN-44"]), Scope(territory=["CN"]), False),
    (Scope(territory=["CN"]), Scope(), False),
    (Scope(fields=["tv", "phones"]), Scope(fields=["TV"]), True),
    (Scope(fields=["tv"]), Scope(fields=["tv", "cars"]), False),
    (Scope(products=["T1"]), Scope(), False),
    (Scope(last=JULY), Scope(first=JUNE), False),
    (Scope(last=JULY), Scope(first=JUNE, last=JULY), True),
    (Scope(first=JULY), Scope(first=JUNE), False),
]


@pytest.mark.parametrize(("wider", "narrower", "covered"), COVERED)
def test_a_sub_licence_lies_within_the_licence_it_is_under(wider: Scope, narrower: Scope, covered: bool) -> None:
    assert covers(wider, narrower) is covered


def test_only_ordinary_licences_stand_beside_each_other() -> None:
    kinds = ("ordinary", "cross", "sub", "sole", "exclusive")
    beside = {(one, other) for one in kinds for other in kinds if not shuts_out(one, other)}
    assert beside == {(one, other) for one in kinds[:3] for other in kinds[:3]}


def test_labels_are_kept_plain_and_countries_are_found_by_their_parts() -> None:
    assert plain_label(" ＴＶ　sets \u00a0 big ") == "TV sets big"
    assert in_country([], "CN")
    assert in_country(["CN-44"], "CN")
    assert not in_country(["US", "CNX"], "CN")


STEPS = {
    "draft": ["send", "cancel"],
    "sent": ["recall", "sign", "cancel"],
    "signed": ["countersign", "cancel"],
    "in_force": ["terminate"],
    "terminated": ["terminate"],
    "cancelled": [],
}


def test_every_state_allows_its_steps_and_no_others() -> None:
    assert set(STEPS) == set(DirectState.values)
    for state, steps in STEPS.items():
        current = DirectState(state)
        assert DIRECT_LIFECYCLE.allowed(current) == steps
        for step in DIRECT_LIFECYCLE.steps:
            if step not in steps:
                with pytest.raises(WrongState):
                    DIRECT_LIFECYCLE.after(step, current=current)
