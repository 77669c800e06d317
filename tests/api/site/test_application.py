"""The page of the web application: one document for its addresses, strict about where anything comes from."""

import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.test import Client

from platform_site.files import is_immutable
from platform_site.pages import application
from platform_site.pages.texts import CHINESE, ENGLISH

MANIFEST = {
    "src/main.tsx": {"file": "assets/main-abc.js", "css": ["assets/main-abc.css"], "imports": ["_base.js"]},
    "_base.js": {"file": "assets/base-def.js", "css": ["assets/base-def.css"], "imports": ["_deep.js"]},
    "_deep.js": {"file": "assets/deep-123.js", "imports": ["_base.js"]},
    "src/later.tsx": {"file": "assets/later-456.js", "imports": ["_base.js"]},
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    monkeypatch.setattr(application, "BUILT", tmp_path)
    return tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/sign-in", "/organisations/01a2", "/nowhere/at/all", "/apiary"])
def test_every_address_of_the_application_gets_the_same_page(client: Client, built: Path, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK
    assert '<script type="module" src="/static/app/assets/main-abc.js">' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.cookies["csrftoken"].value


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/api/v1/nowhere", "/api", "/_allauth/nowhere", "/ws/x", "/wp-login.php", "/robots.txt"]
)
def test_what_is_not_the_applications_is_not_answered_with_it(client: Client, built: Path, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "main-abc" not in answer.content.decode()


@pytest.mark.django_db
def test_the_page_fetches_early_what_the_start_imports_and_nothing_else(client: Client, built: Path) -> None:
    page = client.get("/").content.decode()
    preloads = re.findall(r'rel="modulepreload" href="([^"]+)"', page)
    assert sorted(preloads) == ["/static/app/assets/base-def.js", "/static/app/assets/deep-123.js"]
    assert sorted(re.findall(r'rel="stylesheet" href="([^"]+)"', page)) == [
        "/static/app/assets/base-def.css",
        "/static/app/assets/main-abc.css",
    ]


@pytest.mark.django_db
def test_styles_need_the_nonce_of_this_one_answer_and_scripts_come_from_files_only(client: Client, built: Path) -> None:
    one, other = client.get("/"), client.get("/")
    policies = [answer.headers["Content-Security-Policy"] for answer in (one, other)]
    nonces = [re.search(r"style-src 'self' 'nonce-([\w-]+)';", policy) for policy in policies]
    assert nonces[0]
    assert nonces[1]
    assert nonces[0][1] != nonces[1][1]
    assert len(nonces[0][1]) >= 22
    assert f'nonce="{nonces[0][1]}"' in one.content.decode()
    for policy in policies:
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy
    page = one.content.decode()
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "asked", "language"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.5", "zh-Hans"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr-FR", "zh-Hans"),
        ("", "", "zh-Hans"),
        ("en", "zh-CN", "en"),
        ("zh-hans", "en", "zh-Hans"),
    ],
)
def test_the_page_is_in_the_readers_language_and_in_chinese_where_nothing_is_said(
    client: Client, built: Path, cookie: str, asked: str, language: str
) -> None:
    if cookie:
        client.cookies["django_language"] = cookie
    page = client.get("/", headers={"accept-language": asked}).content.decode()
    assert f'<html lang="{language}"' in page
    assert (CHINESE if language == "zh-Hans" else ENGLISH).tagline in page


@pytest.mark.django_db
@pytest.mark.parametrize(("cookie", "shown"), [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"')])
def test_the_first_moment_is_drawn_in_the_chosen_theme(client: Client, built: Path, cookie: str, shown: str) -> None:
    client.cookies["theme"] = cookie
    assert shown in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_made_up_theme_is_not_repeated(client: Client, built: Path) -> None:
    client.cookies["theme"] = 'x"><script>'
    assert "data-theme" not in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_site_without_the_built_application_says_how_to_build_it(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "BUILT", tmp_path / "nowhere")
    answer = client.get("/", headers={"accept-language": "en"})
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert ENGLISH.unbuilt in answer.content.decode()
    assert "make frontend" in answer.content.decode()


def test_browsers_keep_what_carries_a_hash_in_its_name_and_nothing_else() -> None:
    assert is_immutable("", "/static/app/assets/main-abc.js")
    assert not is_immutable("", "/static/app/manifest.json")
    assert not is_immutable("", "/static/platform_site/pages.css")
