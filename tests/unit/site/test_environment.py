"""Settings: secure unless told otherwise, and every mistake named at once."""

import stat
from pathlib import Path

import pytest

from platform_site.environment import VARIABLES, Environment, EnvironmentProblem, kept_secret, read_environment

SECRET = "a-secret-of-enough-length-0123456789-abcdefghijklmnopqrstuvwxyz"
SERVER = {
    "DATABASE_URL": "postgresql://lianchi_app:pw@db.example.org/lianchi",
    "DATABASE_OWNER_URL": "postgresql://lianchi_owner:pw@db.example.org/lianchi",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "alliance.example.org",
    "PUBLIC_URL": "https://alliance.example.org",
}


def read(tmp_path: Path, **changes: str) -> Environment:
    return read_environment({"DATA_DIR": str(tmp_path / "var"), **changes})


def mistakes(tmp_path: Path, **changes: str) -> dict[str, str]:
    with pytest.raises(EnvironmentProblem) as caught:
        read(tmp_path, **changes)
    found = {problem.variable: str(problem) for problem in caught.value.problems}
    assert len(found) == len(caught.value.problems)
    for name in found:
        assert name in str(caught.value)
    return found


def test_nothing_set_is_a_site_on_this_machine_with_its_own_database_and_a_kept_secret(tmp_path: Path) -> None:
    first = read(tmp_path)
    assert first.embedded
    assert not first.dev
    assert first.bind == "127.0.0.1"
    assert first.public_url == "http://localhost:8000"
    assert set(first.allowed_hosts) == {"localhost", "127.0.0.1", "[::1]"}
    assert len(first.secret_key) >= 50
    assert read(tmp_path).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


def test_a_server_behind_https_is_closed_to_plain_http(tmp_path: Path) -> None:
    site = read(tmp_path, **SERVER)
    assert site.https
    assert site.ssl_redirect
    assert site.hsts_seconds == 31_536_000
    assert site.trusted_origins == ("https://alliance.example.org",)
    assert "alliance.example.org" in site.allowed_hosts
    assert not (tmp_path / "var").exists()


def test_every_mistake_is_named_at_once_with_what_to_write(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        DATABASE_URL="mysql://root@db/lianchi",
        PORT="eighty",
        TIME_ZONE="Asia/Shanhai",
        HSTS_SECONDS="-1",
        AGGREGATE_REPORTERS="2",
        AGGREGATE_PERCENT="61",
        REDIS_URL="localhost:6379",
        RUN_JOBS="perhaps",
        SSL_REDIRECT="si",
        LOG_LEVEL="chatty",
        PUBLIC_URL="alliance.example.org",
        ALLOWED_HOSTS="https://alliance.example.org",
        CSRF_TRUSTED_ORIGINS="alliance.example.org",
        SECRET_KEY="short",
    )
    assert set(found) == {
        "DATABASE_URL",
        "PORT",
        "TIME_ZONE",
        "HSTS_SECONDS",
        "AGGREGATE_REPORTERS",
        "AGGREGATE_PERCENT",
        "REDIS_URL",
        "RUN_JOBS",
        "SSL_REDIRECT",
        "LOG_LEVEL",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
        "SECRET_KEY",
    }
    assert found["PORT"] == (
        "PORT: found 'eighty' (invalid literal for int() with base 10: 'eighty'). Write a number from 1 to 65535."
    )
    assert found["TIME_ZONE"] == (
        "TIME_ZONE: found 'Asia/Shanhai' (there is no such zone). Write a zone's name such as Asia/Shanghai."
    )


def test_a_server_must_be_told_its_secret_its_names_and_its_address(tmp_path: Path) -> None:
    found = mistakes(tmp_path, DATABASE_URL=SERVER["DATABASE_URL"])
    assert set(found) == {"SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL"}
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("variable", "value", "part"),
    [
        ("SECRET_KEY", "x" * 80, "80 characters, 1 of them different"),
        ("SECRET_KEY", SECRET[:49], "49 characters"),
        ("ALLOWED_HOSTS", "*", "lets any host name in"),
        ("ALLOWED_HOSTS", "alliance.example.org:8000", "without scheme or port"),
        ("PUBLIC_URL", "http://alliance.example.org", "unencrypted"),
        ("PUBLIC_URL", "https://alliance.example.org/sub", "scheme and host only"),
        ("DATABASE_OWNER_URL", "postgresql://lianchi_owner:pw@other/lianchi", "another database"),
        ("DATABASE_URL", "postgresql://db.example.org/lianchi", "role that signs in is missing"),
        ("DATABASE_URL", "postgresql://app:pw@db.example.org/", "name of the database is missing"),
        ("DATABASE_URL", "postgresql://app:pw@db.example.org:99999/lianchi", "port or host"),
        ("DATABASE_URL", "postgresql://app:pw@db.example.org/lianchi?sslmod=require", "unknown option 'sslmod'"),
        ("DATA_DIR", "var", "not absolute"),
    ],
)
def test_what_would_be_unsafe_or_cannot_work_is_refused(tmp_path: Path, variable: str, value: str, part: str) -> None:
    assert part in mistakes(tmp_path, **{**SERVER, variable: value})[variable]


def test_no_message_repeats_a_password(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        read(
            tmp_path,
            DATABASE_URL="postgresql://app:hunter2@db/lianchi?bad=1",
            DATABASE_OWNER_URL="mysql://owner:hunter2@db/lianchi",
            REDIS_URL="http://:hunter2@redis",
            SECRET_KEY="hunter2",
        )
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(read(tmp_path, **{**SERVER, "REDIS_URL": "redis://:hunter2@redis/0"}))
    assert SECRET not in repr(read(tmp_path, **SERVER))


def test_an_empty_variable_counts_as_not_given(tmp_path: Path) -> None:
    assert read(tmp_path, **dict.fromkeys(sorted(set(VARIABLES) - {"DATA_DIR"}), "")).embedded


def test_development_asks_for_nothing(tmp_path: Path) -> None:
    site = read(tmp_path, LIANCHI_DEV="1", DATABASE_URL=SERVER["DATABASE_URL"])
    assert not site.https
    assert not site.ssl_redirect
    assert site.hsts_seconds == 0
    assert site.secret_key


def test_an_owner_without_an_application_is_a_mistake(tmp_path: Path) -> None:
    found = mistakes(tmp_path, DATABASE_OWNER_URL=SERVER["DATABASE_OWNER_URL"])
    assert "DATABASE_URL is not" in found["DATABASE_OWNER_URL"]


def test_a_secret_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    before = kept_secret(path)
    path.chmod(0o644)
    assert kept_secret(path) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_data_folder_that_is_a_file_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert "it is not a folder" in mistakes(tmp_path)["DATA_DIR"]


def test_reading_an_undocumented_variable_is_impossible() -> None:
    from platform_site.environment.reader import Reader

    with pytest.raises(KeyError, match="not among the documented settings"):
        Reader({}).text("HIDDEN_SWITCH")
