"""Addresses of databases: read exactly, written back equal, never shown with their password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_site.database.urls import DatabaseUrl

LETTERS = st.characters(min_codepoint=33, max_codepoint=0x9FFF, exclude_categories=["Cs"])
WORDS = st.text(LETTERS, min_size=1, max_size=20)


@given(user=WORDS, password=WORDS, database=WORDS.filter(lambda name: "/" not in name), port=st.integers(1, 65535))
def test_what_is_written_is_read_back_whatever_characters_a_password_has(
    user: str, password: str, database: str, port: int
) -> None:
    url = DatabaseUrl(user=user, password=password, host="db.example.org", port=port, database=database)
    assert DatabaseUrl.parse(str(url)) == url


def test_the_password_does_not_show() -> None:
    url = DatabaseUrl.parse("postgresql://app:s3cret@[::1]:5433/lianchi?sslmode=require")
    assert "s3cret" not in repr(url)
    assert url.without_password == "postgresql://app:***@[::1]:5433/lianchi?sslmode=require"
    assert (url.host, url.port, url.options) == ("::1", 5433, (("sslmode", "require"),))


@pytest.mark.parametrize("text", ["", "lianchi", "sqlite:///x.db", "postgresql://app@db:port/lianchi"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"begin with|cannot be read"):
        DatabaseUrl.parse(text)
