"""State tables, and what is said when something cannot be done."""

import pytest

from platform_core.lifecycle import Lifecycle
from platform_core.problems import FieldError, InvalidInput, NotFound, WrongState, invalid

DRAFT, CALCULATED, APPROVED, CANCELLED = "draft", "calculated", "approved", "cancelled"
TABLE = Lifecycle(
    {
        "calculate": ({DRAFT, CALCULATED}, CALCULATED),
        "approve": ({CALCULATED}, APPROVED),
        "cancel": ({DRAFT, CALCULATED}, CANCELLED),
    }
)
EXPECTED = {
    (DRAFT, "calculate"): CALCULATED,
    (CALCULATED, "calculate"): CALCULATED,
    (CALCULATED, "approve"): APPROVED,
    (DRAFT, "cancel"): CANCELLED,
    (CALCULATED, "cancel"): CANCELLED,
}


@pytest.mark.parametrize("state", [DRAFT, CALCULATED, APPROVED, CANCELLED])
@pytest.mark.parametrize("step", list(TABLE))
def test_every_state_and_step(state: str, step: str) -> None:
    if (state, step) in EXPECTED:
        assert TABLE.after(step, current=state) == EXPECTED[state, step]
        assert step in TABLE.allowed(state)
    else:
        with pytest.raises(WrongState) as refusal:
            TABLE.after(step, current=state)
        assert step not in TABLE.allowed(state)
        assert refusal.value.extra["allowed_steps"] == TABLE.allowed(state)
        assert refusal.value.extra["current"] == state


def test_steps_are_listed_in_the_order_of_the_table_and_ends_are_known() -> None:
    assert TABLE.allowed(CALCULATED) == ["calculate", "approve", "cancel"]
    assert TABLE.final() == {APPROVED, CANCELLED}
    assert TABLE.states == {DRAFT, CALCULATED, APPROVED, CANCELLED}


def test_a_step_from_no_state_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no state"):
        Lifecycle({"appear": (set[str](), DRAFT)})


def test_an_unknown_step_is_a_mistake_of_ours_not_a_problem_of_the_user() -> None:
    with pytest.raises(KeyError):
        TABLE.after("fly", current=DRAFT)


def test_the_refusal_says_what_would_be_possible() -> None:
    with pytest.raises(WrongState) as refusal:
        TABLE.after("approve", current=DRAFT)
    assert refusal.value.detail == (
        "“approve” is not possible while this is “draft”; it is possible from: “calculated”."
    )
    assert refusal.value.members() == {
        "type": "urn:lianchi:problem:wrong_state",
        "title": "This step is not possible now",
        "status": 409,
        "code": "wrong_state",
        "detail": refusal.value.detail,
        "step": "approve",
        "current": "draft",
        "allowed_steps": ["calculate", "cancel"],
    }


def test_a_problem_without_detail_has_none() -> None:
    assert "detail" not in NotFound().members()


def test_mistakes_in_the_input_carry_their_places() -> None:
    problem = InvalidInput(
        errors=[
            FieldError("/lines/3/units", "negative", "Units are not below zero."),
            {"pointer": "", "code": "x", "message": "y"},
        ]
    )
    assert problem.members()["errors"] == [
        {"pointer": "/lines/3/units", "code": "negative", "message": "Units are not below zero."},
        {"pointer": "", "code": "x", "message": "y"},
    ]
    assert problem.detail == "Units are not below zero.; y"
    assert invalid("/a", "b", "c").errors == (FieldError("/a", "b", "c"),)
