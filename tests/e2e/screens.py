"""Every screen there is, for the tests that look at all of them and for pictures of them."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext

from tests.e2e.people import ACCOUNTANT, HEAD_OF_FINANCE, LICENSEE, MEMBER, MEMBER_FINANCE, SECRETARY, SITE_ADMIN


@dataclass(frozen=True, slots=True)
class Screen:
    """A page and somebody who works with it; `{…}` in its address stands for the first such thing they see."""

    name: str
    address: str
    email: str | None = SECRETARY


SCREENS = (
    Screen("sign-in", "/sign-in", None),
    Screen("reset", "/sign-in/reset", None),
    Screen("home-finance", "/", ACCOUNTANT),
    Screen("home-member", "/", MEMBER),
    Screen("organisations", "/organisations"),
    Screen("organisation", "/organisations/{organisations}"),
    Screen("members", "/members"),
    Screen("member", "/members/{memberships}"),
    Screen("seats", "/seats"),
    Screen("alliances", "/alliances"),
    Screen("alliance", "/alliances/{alliances}"),
    Screen("closes", "/closes", HEAD_OF_FINANCE),
    Screen("close-to-approve", "/closes/{close-runs?status=calculated}", HEAD_OF_FINANCE),
    Screen("close-explained", "/closes/{close-runs?status=posted}?tab=explain", HEAD_OF_FINANCE),
    Screen("close-refused", "/closes/{close-runs?status=draft}", ACCOUNTANT),
    Screen("statement", "/statements/{statements}", MEMBER_FINANCE),
    Screen("statement-patents", "/statements/{statements}?tab=patents", MEMBER_FINANCE),
    Screen("programme", "/programmes/{programmes}", LICENSEE),
    Screen("programme-terms", "/programmes/{programmes}?tab=terms"),
    Screen("pool", "/pools/{pools}", MEMBER),
    Screen("patents", "/patents", MEMBER),
    Screen("patent", "/patents/{patents}", MEMBER),
    Screen("charters", "/charters"),
    Screen("invitations", "/invitations"),
    Screen("licences", "/licences"),
    Screen("licence", "/licences/{licences}", LICENSEE),
    Screen("conflicts", "/conflicts"),
    Screen("undertakings", "/conflicts?tab=undertakings"),
    Screen("role-plan", "/alliances/{alliances}?tab=plan"),
    Screen("staff-sessions", "/staff-sessions", SITE_ADMIN),
    Screen("access-log", "/access-log", MEMBER),
    Screen("account-webhooks", "/account?tab=webhooks", MEMBER),
    Screen("audit", "/audit"),
    Screen("account", "/account"),
    Screen("account-security", "/account?tab=security"),
    Screen("account-sessions", "/account?tab=sessions"),
    Screen("account-tokens", "/account?tab=tokens"),
    Screen("gone", "/no/such/page"),
)


def address_of(screen: Screen, context: BrowserContext) -> str:
    """Return the address with the first thing of its kind that the window's person may see."""
    head, brace, rest = screen.address.partition("{")
    if not brace:
        return screen.address
    name, _, tail = rest.partition("}")
    items = context.request.get(f"/api/v1/{name}{'&' if '?' in name else '?'}limit=1").json()["items"]
    if not items:
        # Another test on the same site has taken it on to its next state; the page is the same.
        items = context.request.get(f"/api/v1/{name.partition('?')[0]}?limit=1").json()["items"]
    return f"{head}{items[0]['id']}{tail}"
