"""What is sealed opens where it belongs, with its key, unchanged, and nowhere else."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.secrets import CannotOpen, KeyFile, Keyring, key_id_of

RING = Keyring({"k1": bytes(32)})


@given(text=st.text(), place=st.text())
def test_what_is_sealed_opens_again(text: str, place: str) -> None:
    sealed = RING.seal(text, bound_to=place)
    assert RING.open(sealed, bound_to=place) == text
    assert len(text) < 4 or text not in sealed


def test_equal_texts_are_sealed_differently() -> None:
    assert RING.seal("secret", bound_to="a") != RING.seal("secret", bound_to="a")


def test_a_value_moved_to_another_row_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        RING.open(RING.seal("secret", bound_to="user:1"), bound_to="user:2")


@pytest.mark.parametrize("position", [0, 3, 7, 20, -1])
def test_a_changed_character_is_noticed(position: int) -> None:
    sealed = list(RING.seal("secret", bound_to="a"))
    sealed[position] = "A" if sealed[position] != "A" else "B"
    with pytest.raises(CannotOpen):
        RING.open("".join(sealed), bound_to="a")


@pytest.mark.parametrize("text", ["", "v1", "v1.k1.", "v1.k9.AAAA", "v2.k1.AAAA", "v1.k1.AAAA", "v1.k1.!!"])
def test_rubbish_does_not_open(text: str) -> None:
    with pytest.raises(CannotOpen):
        RING.open(text, bound_to="a")


def test_a_new_key_seals_and_the_older_ones_still_open() -> None:
    newer = RING.with_new()
    old, new = RING.seal("secret", bound_to="a"), newer.seal("secret", bound_to="a")
    assert (newer.current, key_id_of(old), key_id_of(new)) == ("k2", "k1", "k2")
    assert newer.open(old, bound_to="a") == newer.open(new, bound_to="a") == "secret"
    with pytest.raises(CannotOpen):
        newer.with_current_only().open(old, bound_to="a")


@pytest.mark.parametrize(
    "lines",
    [[], ["nothing"], ["k1:!!"], ["k1:AAAA"], ["K 1:" + "A" * 43 + "="], ["k1:" + "A" * 43 + "="] * 2],
)
def test_bad_keys_are_refused_without_being_repeated(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"key|id") as refusal:
        Keyring.parse(lines)
    assert "AAAA" not in str(refusal.value)


def test_the_key_file_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "encryption_keys"
    first, second = KeyFile(path), KeyFile(path)
    assert first.ring() == second.ring()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["encryption_keys"]


def test_a_running_process_notices_a_new_key(tmp_path: Path) -> None:
    running, command = KeyFile(tmp_path / "keys"), KeyFile(tmp_path / "keys")
    assert running.ring().current == "k1"
    with command.changing():
        command.write(command.ring().with_new())
    assert running.ring().current == "k2"
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600


def test_keys_are_not_shown_when_a_ring_is_printed() -> None:
    assert "\\x00" not in repr(RING)
