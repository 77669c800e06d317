"""A new key seals everything anew, however often that is interrupted, and nothing is lost on the way."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.test import override_settings

from platform_core.messaging.lifecycle import MessageState
from platform_core.messaging.models import Message
from platform_core.secrets import CannotOpen, key_file, seal, unseal
from platform_core.signin import resealing
from platform_core.signin.adapters import place_of_factor
from platform_core.signin.sessions import SessionStore
from tests.factories.core import make_user
from tests.factories.messaging import make_message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> Iterator[None]:
    with override_settings(DATA_DIR=tmp_path):
        yield


def new_key() -> None:
    file = key_file()
    assert file is not None
    file.write(file.ring().with_new())


def forget_old_keys() -> None:
    file = key_file()
    assert file is not None
    file.write(file.ring().with_current_only())


def test_everything_that_was_sealed_opens_with_the_new_key_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user()
    message = make_message(user, state=MessageState.WAITING, finished_at=None, values=json.dumps({"link": "x"}))
    empty = make_message(user)
    place = place_of_factor(user.pk)
    app = Authenticator.objects.create(user=user, type="totp", data={"secret": seal("S", bound_to=place)})
    codes = Authenticator.objects.create(
        user=user, type="recovery_codes", data={"seed": seal("T", bound_to=place), "used_mask": 5}
    )
    session = SessionStore()
    session["seat"] = "chosen"
    session.create()
    session.save()

    new_key()
    # Interrupted after two rows.
    left, whole = iter([True, True]), resealing._reseal_row

    def interrupted(*args: Any) -> int:
        if not next(left, False):
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(resealing, "_reseal_row", interrupted)
    with pytest.raises(KeyboardInterrupt):
        resealing.reseal_everything()
    monkeypatch.undo()
    assert resealing.keys_in_use() == {"k1", "k2"}
    assert json.loads(Message.objects.get(pk=message.pk).values) == {"link": "x"}

    resealing.reseal_everything()
    assert resealing.keys_in_use() == {"k2"}
    assert resealing.reseal_everything() == 0
    forget_old_keys()
    assert json.loads(Message.objects.get(pk=message.pk).values) == {"link": "x"}
    assert Message.objects.get(pk=empty.pk).values == ""
    app.refresh_from_db()
    codes.refresh_from_db()
    assert (unseal(app.data["secret"], bound_to=place), unseal(codes.data["seed"], bound_to=place)) == ("S", "T")
    assert codes.data["used_mask"] == 5
    assert SessionStore(session.session_key)["seat"] == "chosen"


def test_an_encrypted_column_moved_to_another_row_does_not_open() -> None:
    user = make_user()
    rows = [
        make_message(user, state=MessageState.WAITING, finished_at=None, values=json.dumps({"link": n})) for n in "ab"
    ]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT values FROM messaging_message WHERE id = %s", [rows[0].pk])
        cursor.execute("UPDATE messaging_message SET values = %s WHERE id = %s", [cursor.fetchone()[0], rows[1].pk])
    with pytest.raises(CannotOpen):
        _ = Message.objects.get(pk=rows[1].pk).values


def test_an_encrypted_column_is_neither_searched_nor_written_in_the_clear() -> None:
    with pytest.raises(TypeError, match="encrypted"):
        Message.objects.filter(Q(("values__contains", "link"))).exists()
    make_message(make_user())
    clear: dict[str, Any] = {"values": "clear"}
    with pytest.raises(TypeError, match="sealed"):
        Message.objects.update(**clear)


def test_a_session_whose_key_is_gone_is_signed_out_and_nothing_breaks() -> None:
    session = SessionStore()
    session["seat"] = "chosen"
    session.create()
    new_key()
    forget_old_keys()
    assert SessionStore(session.session_key).load() == {}
