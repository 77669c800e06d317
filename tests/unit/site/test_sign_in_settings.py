"""Settings of sign-in, messages and keys: read whole, or refused with every mistake and no secret repeated."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest

from platform_core.api.idempotency import KEPT_FOR
from platform_site.environment import EnvironmentProblem, read_environment
from platform_site.environment.values import ANSWERS_KEPT_DAYS

KEY = base64.b64encode(bytes(32)).decode()


def given(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), "SECRET_KEY": "0123456789abcdef" * 4, **more}


def refused(tmp_path: Path, **more: str) -> str:
    with pytest.raises(EnvironmentProblem) as problem:
        read_environment(given(tmp_path, **more))
    return str(problem.value)


def test_without_any_of_them_a_site_starts_and_prints_its_messages(tmp_path: Path) -> None:
    found = read_environment(given(tmp_path))
    assert (found.session_hours, found.session_idle_minutes, found.oidc) == (12, 120, None)
    assert {path.rsplit(".", 1)[1] for path in found.message_adapters.values()} == {"ConsoleAdapter"}


def test_a_mail_server_carries_mail_and_an_alliances_own_adapter_its_channel(tmp_path: Path) -> None:
    found = read_environment(
        given(
            tmp_path,
            SMTP_URL="smtp+starttls://u:p@mail.example.org",
            MESSAGE_ADAPTERS="sms=file,chat=our_alliance.wecom.Adapter",
        )
    )
    assert {channel: path.rsplit(".", 2)[1:] for channel, path in found.message_adapters.items()} == {
        "email": ["adapters", "SmtpAdapter"],
        "sms": ["adapters", "FileAdapter"],
        "chat": ["wecom", "Adapter"],
    }


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("SMTP_URL", "smtp://u:very-secret@mail.example.org", "unencrypted"),
        ("SMTP_URL", "http://very-secret.example.org", "no address of a mail server"),
        ("MESSAGE_ADAPTERS", "fax=file", "fax=file"),
        ("MESSAGE_ADAPTERS", "sms=rm -rf", "sms=rm -rf"),
        ("ENCRYPTION_KEYS", "k1:very-secret", "base64"),
        ("SESSION_HOURS", "0", "above zero"),
        ("LICENCE_REQUESTS_KEPT_DAYS", "30", "kept for 30 days"),
        ("OIDC_ISSUER", "https://id.example.org", "OIDC_CLIENT_ID"),
    ],
)
def test_a_mistake_is_told_without_repeating_a_secret(tmp_path: Path, variable: str, text: str, told: str) -> None:
    message = refused(tmp_path, **{variable: text})
    assert told in message
    assert "very-secret" not in message


def test_what_answers_may_tell_of_is_kept_longer_than_they_are(tmp_path: Path) -> None:
    assert timedelta(days=ANSWERS_KEPT_DAYS) == KEPT_FOR
    assert read_environment(given(tmp_path, LICENCE_REQUESTS_KEPT_DAYS="31")).licence_requests_kept_days == 31


def test_a_provider_without_encryption_is_refused(tmp_path: Path) -> None:
    more = {"OIDC_CLIENT_ID": "lianchi", "OIDC_CLIENT_SECRET": "s"}
    assert "OIDC_ISSUER" in refused(tmp_path, OIDC_ISSUER="http://id.example.org", **more)
    found = read_environment(given(tmp_path, OIDC_ISSUER="https://id.example.org", **more)).oidc
    assert found is not None
    assert found.issuer == "https://id.example.org"


def test_keys_of_the_environment_are_taken_in_their_order(tmp_path: Path) -> None:
    found = read_environment(given(tmp_path, ENCRYPTION_KEYS=f"k2:{KEY}, k1:{KEY}"))
    assert [line.split(":")[0] for line in found.encryption_keys] == ["k2", "k1"]
    assert KEY not in repr(found)
