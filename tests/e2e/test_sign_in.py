"""Second factors and passkeys in a real browser, with an authenticator that Chromium plays."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import LICENSEE, WITH_PASSKEY, WITH_TOTP
from tests.e2e.watching import rest, settle


def totp(secret: str) -> str:
    """Return what an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret.replace(" ", "") + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@contextmanager
def authenticator(page: Page) -> Iterator[dict[str, Any]]:
    """Give the page a security key that confirms by itself that somebody is there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield made
    session.detach()


def give_password(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill("lianchi-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()


def leave(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Account menu")).click()
    # While the menu still unfolds, a click may end on what stands there for a moment.
    rest(page)
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def next_totp(secret: str, used: str) -> str:
    """Return the next code: each works once, so that whoever looks over a shoulder gains nothing."""
    while totp(secret) == used:
        time.sleep(0.5)
    return totp(secret)


def test_an_authenticator_app_is_set_up_and_then_asked_for(open_as: Open) -> None:
    page = open_as(language="en")
    give_password(page, WITH_TOTP)
    page.wait_for_url(re.compile(r"/$"))
    page.goto("/account?tab=security")
    settle(page)
    page.get_by_role("button", name="Set up").click()
    dialog = page.get_by_role("dialog", name="Authenticator app")
    secret = dialog.get_by_test_id("totp-secret").inner_text()
    expect(dialog.get_by_role("img", name="QR code of the key")).to_be_visible()
    dialog.get_by_label("Six digits").fill("000000")
    dialog.get_by_role("button", name="Set up").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    used = totp(secret)
    dialog.get_by_label("Six digits").fill(used)
    dialog.get_by_role("button", name="Set up").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("10 of 10 left")).to_be_visible()
    page.get_by_role("button", name="Show codes").click()
    proof = page.get_by_role("dialog", name="Show that it is you")
    expect(proof).to_be_visible()
    proof.get_by_role("button", name="Close").click()
    expect(proof).to_be_hidden()
    page.goto("/")
    leave(page)

    give_password(page, WITH_TOTP)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_label("Code").fill("123")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("wrong or has run out"))
    page.get_by_label("Code").fill(next_totp(secret, used))
    page.get_by_role("button", name="Verify").click()
    page.wait_for_url(re.compile(r"/$"))


def test_a_passkey_is_made_and_then_signs_in_alone(open_as: Open) -> None:
    page = open_as(language="en")
    give_password(page, WITH_PASSKEY)
    page.wait_for_url(re.compile(r"/$"))
    with authenticator(page):
        page.goto("/account?tab=security")
        settle(page)
        page.get_by_role("button", name="Add a passkey").click()
        dialog = page.get_by_role("dialog", name="Add a passkey")
        dialog.get_by_label("Name").fill("Office laptop")
        dialog.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_text("Office laptop")).to_be_visible()
        leave(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(re.compile(r"/$"))
        expect(page.get_by_role("button", name=re.compile("苏默言"))).to_be_visible()


def test_another_browser_is_signed_out_from_the_account_page(open_as: Open) -> None:
    first, second = open_as(language="en"), open_as(language="en")
    for page in (first, second):
        give_password(page, "xiangwan.li@xulan.example")
        page.wait_for_url(re.compile(r"/$"))
    first.goto("/account?tab=sessions")
    expect(first.get_by_text("This browser")).to_be_visible()
    first.get_by_role("button", name="Sign out everywhere else").click()
    expect(first.get_by_role("button", name="Sign out everywhere else")).to_be_hidden()
    second.goto("/organisations")
    expect(second.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_forgotten_password_is_answered_alike_for_everybody(open_as: Open) -> None:
    page = open_as(language="en")
    for email in ("nobody@nowhere.example", LICENSEE):
        page.goto("/sign-in")
        page.get_by_role("link", name="Forgotten your password?").click()
        page.get_by_label("E-mail address").fill(email)
        page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto("/sign-in/reset/no-such-key")
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
