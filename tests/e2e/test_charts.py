"""Charts of claims on the way: nothing that was chosen or typed is lost, and what is wrong is told where it stands."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER, Door
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
