"""The names of audit events."""

import pytest

from platform_core.audit.services import is_past_tense


@pytest.mark.parametrize(
    "name",
    [
        "close_run.approved",
        "close_run.sent_back",
        "payee_account.put_on_hold",
        "membership.left",
        "a.b.withdrawn",
        "seat.ended",
    ],
)
def test_names_that_say_what_was_done(name: str) -> None:
    assert is_past_tense(name)


@pytest.mark.parametrize(
    "name",
    [
        "close_run.approve",
        "approved",
        "CloseRun.approved",
        "close_run.approving",
        "close_run.",
        "close run.approved",
        "x.ed",
        ".signed",
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert not is_past_tense(name)
