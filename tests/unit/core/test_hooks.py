"""Hooks that lower rooms tell and upper rooms listen to."""

import pytest

from platform_core.events import Hook


def test_a_hook_is_not_told_outside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    hook: Hook[[int]] = Hook("test.told")
    monkeypatch.setattr("platform_core.events.connection", type("Nowhere", (), {"in_atomic_block": False}))
    with pytest.raises(RuntimeError, match=r"test\.told"):
        hook.tell(1)


def test_subscribers_are_called_in_order_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    hook: Hook[[int]] = Hook("test.told")
    heard: list[tuple[str, int]] = []

    def first(number: int) -> None:
        heard.append(("first", number))

    def second(number: int) -> None:
        heard.append(("second", number))

    for subscriber in (first, second, first):
        hook.subscribe(subscriber)
    monkeypatch.setattr("platform_core.events.connection", type("Inside", (), {"in_atomic_block": True}))
    hook.tell(1)
    hook.unsubscribe(first)
    hook.tell(2)
    assert heard == [("first", 1), ("second", 1), ("second", 2)]


def test_what_one_raises_stops_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    hook: Hook[[int]] = Hook("test.told")
    heard: list[int] = []

    def refuse(number: int) -> None:
        raise ValueError(number)

    hook.subscribe(refuse)
    hook.subscribe(heard.append)
    monkeypatch.setattr("platform_core.events.connection", type("Inside", (), {"in_atomic_block": True}))
    with pytest.raises(ValueError, match="7"):
        hook.tell(7)
    assert heard == []
