"""Charts of claims on the way: nothing that was chosen or typed is lost, and what is wrong is told where it stands."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER, RIVAL, Door
from tests.e2e.watching import settle

CHARTS = re.compile(r"/api/v1/claim-charts\?")
STANDARD = "T/JH 003-2025"
ROW = {"element": "a display", "place": "9.4.1", "evidence": "figure 3"}


class Member:
    """A member that owns patents, and what it does over the API before a test looks at it."""

    def __init__(self, door: Door, page: Page) -> None:
        self.door, self.page = door, page
        self.context: BrowserContext = page.context
        self._sent = 0

    def send(self, method: str, path: str, body: dict[str, Any] | None = None, match: str = "") -> Any:
        self._sent += 1
        headers = {"Idempotency-Key": f"charts-{id(self)}-{self._sent}", **({"If-Match": match} if match else {})}
        answer = self.context.request.fetch(
            f"/api/v1/{path}",
            method=method,
            headers={**self.door.headers(self.context), **headers},
            data=body,
        )
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def own_patent(self) -> str:
        """Return a patent of its own that is not submitted to anything."""
        me = self.send("GET", "me")["seats"][0]["organisation"]
        taken = {row["patent_id"] for row in self.send("GET", "submissions?limit=200")["items"]}
        patents = self.send("GET", "patents?limit=200")["items"]
        return next(
            str(one["id"])
            for one in patents
            if one["id"] not in taken and any(owner["owner_id"] == me for owner in one["owners"])
        )

    def drafted(self, patent: str, *, name: str = "003", claim: int = 1) -> dict[str, Any]:
        """Return a draft of a chart with one row."""
        target = {"patent_id": patent, "kind": "standard", "body": "T/JH", "name": name, "version": "2025"}
        made = self.send("POST", "chart-targets", target)
        chart = self.send("POST", "claim-charts", {"target_id": made["id"], "claim": claim})
        edits = {"rows": [ROW], "note": "of the second edition"}
        found: dict[str, Any] = self.send("PATCH", f"claim-charts/{chart['id']}", edits, match="*")
        return found

    def reviewed(self, patent: str, **given: Any) -> dict[str, Any]:
        """Return a chart that is reviewed."""
        chart = self.drafted(patent, **given)
        found: dict[str, Any] = self.send("POST", f"claim-charts/{chart['id']}/review", match="*")
        return found


@pytest.fixture
def member(door: Door, open_as: Open) -> Member:
    return Member(door, open_as(MEMBER, language="en"))


def test_a_claim_keeps_its_chart_while_charts_are_on_their_way_or_do_not_come(member: Member) -> None:
    page, patent = member.page, member.own_patent()
    chart = member.reviewed(patent)
    call = member.send("GET", "calls?limit=1")["items"][0]["id"]
    claim = {"number": 1, "standard": STANDARD, "clause": "9.4", "claim_chart_id": chart["id"]}
    made = member.send("POST", "submissions", {"call_id": call, "patent_id": patent, "claims": [claim], "file": False})

    def edit(statement: str) -> None:
        page.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Edit").click()
        expect(page.get_by_title("The chart chosen before")).to_be_visible()
        page.get_by_label("Statement").fill(statement)

    def saved(statement: str) -> None:
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            page.get_by_role("dialog").get_by_role("button", name="Save").click()
        page.unroute(CHARTS)
        expect(page.get_by_role("dialog")).to_have_count(0)
        now = member.send("GET", f"submissions/{made['id']}")
        assert now["statement"] == statement
        assert [one["claim_chart_id"] for one in now["claims"]] == [chart["id"]]

    # What is asked for is answered once nothing keeps it any more.
    page.route(CHARTS, lambda _route: None)
    page.goto(f"/submissions/{made['id']}")
    settle(page)
    edit("while they are on their way")
    saved("while they are on their way")

    page.route(CHARTS, lambda route: route.fulfill(status=429, content_type="application/problem+json", body="{}"))
    page.reload()
    settle(page)
    edit("although they do not come")
    expect(page.get_by_role("alert").filter(has_text="The charts of the patent could not be read")).to_be_visible()
    saved("although they do not come")

    # What the server finds wrong about one claim stands at that claim.
    page.reload()
    settle(page)
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Claim", exact=True).fill("2")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".ant-form-item-explain-error")).to_have_text("The chart is of claim 1 on T/JH 003 2025.")


def test_what_is_typed_of_a_chart_is_lost_to_nothing_but_a_decision(member: Member) -> None:
    page, patent = member.page, member.own_patent()
    chart = member.drafted(patent, name="005")
    page.goto(f"/claim-charts/{chart['id']}")
    settle(page)
    page.get_by_label("Evidence, row 1").fill("figure 4")
    # A glance at another tab.
    page.get_by_role("tab", name="Versions").click()
    settle(page)
    page.get_by_role("tab", name="Chart").click()
    expect(page.get_by_label("Evidence, row 1")).to_have_value("figure 4")
    # Going away.
    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Patents").click()
    ask = page.get_by_role("dialog", name="Discard what you typed?")
    ask.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Evidence, row 1")).to_have_value("figure 4")
    page.get_by_role("button", name="Mark as reviewed").click()
    expect(page.get_by_text("Save your changes first, then review.")).to_be_visible()
    # Somebody else's change, which is seen once one's own is let go.
    edits = {"rows": [{**ROW, "evidence": "figure 5"}]}
    member.send("PATCH", f"claim-charts/{chart['id']}", edits, match="*")
    page.get_by_role("button", name="Show the present state").click()
    ask.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Evidence, row 1")).to_have_value("figure 4")
    page.get_by_role("button", name="Show the present state").click()
    ask.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Evidence, row 1")).to_have_value("figure 5")
    # One's own saving is no news to oneself, and leaves nothing to ask about.
    page.get_by_label("Note", exact=True).fill("as the second edition has it")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved")).to_be_visible()
    settle(page)
    expect(page.get_by_role("button", name="Show the present state")).to_have_count(0)
    page.get_by_role("button", name="Mark as reviewed").click()
    page.get_by_role("dialog").get_by_role("button", name="Mark as reviewed").click()
    expect(page.locator("h1 + *", has_text="Reviewed")).to_be_visible()
    # What goes along with it is there to be read.
    expect(page.get_by_text("as the second edition has it")).to_be_visible()


def test_what_others_wrote_meanwhile_is_not_reviewed_and_a_draft_is_thrown_away(member: Member) -> None:
    page, patent = member.page, member.own_patent()
    chart = member.drafted(patent, name="007")
    page.goto(f"/claim-charts/{chart['id']}")
    settle(page)
    page.get_by_role("button", name="Mark as reviewed").click()
    sure = page.get_by_role("dialog").get_by_role("button", name="Mark as reviewed")
    expect(sure).to_be_visible()
    edits = {"rows": [{**ROW, "evidence": "nobody has read this"}]}
    member.send("PATCH", f"claim-charts/{chart['id']}", edits, match="*")
    sure.click()
    expect(page.get_by_text("Somebody changed this since you read it")).to_be_visible()
    expect(page.get_by_label("Evidence, row 1")).to_have_value("nobody has read this")
    assert member.send("GET", f"claim-charts/{chart['id']}")["state"] == "draft"
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Discard the draft").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard the draft").click()
    page.wait_for_url(re.compile(rf"/patents/{patent}\?tab=charts"))
    settle(page)
    expect(page.get_by_role("button", name="Begin a chart T/JH 007 2025")).to_be_visible()
    assert member.send("GET", f"claim-charts?target={chart['target_id']}")["items"] == []


def test_charts_are_offered_on_patents_of_ones_own_alone(member: Member, open_as: Open) -> None:
    patent = member.own_patent()
    for who, count in ((MEMBER, 1), (RIVAL, 0)):
        page = open_as(who, language="en")
        page.goto(f"/patents/{patent}?tab=charts")
        settle(page)
        expect(page.get_by_role("tab", name="Standards and products")).to_be_visible()
        expect(page.get_by_role("button", name="Add a standard or product")).to_have_count(count)
