"""Deductions for licensed brands: finance compares and asks, the licensee answers, and neither figure is told."""

from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, HEAD_OF_FINANCE, LICENSEE, PHONE
from tests.e2e.seeding import get
from tests.e2e.watching import rest, settle, violations


def test_finance_has_deductions_compared_and_the_result_comes_by_itself(open_as: Open) -> None:
    finance = open_as(ACCOUNTANT, language="en")
    made = get(finance.context, "deduction-comparisons")["items"][-1]
    finance.goto("/reports?tab=deductions")
    finance.get_by_role("button", name="Compare deductions").click()
    drawer = finance.get_by_role("dialog", name="Compare deductions")
    drawer.get_by_role("combobox", name="Report").fill(made["licence_code"])
    finance.locator(".ant-select-item-option", has_text=f"{made['first_month']} – {made['last_month']}").click()
    drawer.get_by_role("combobox", name="Exclusion codes").click()
    finance.locator(".ant-select-item-option", has_text=made["codes"][0]).click()
    finance.keyboard.press("Escape")
    drawer.get_by_role("textbox", name="Why it is compared").fill("once more")
    rest(finance)
    assert violations(finance) == []
    drawer.get_by_role("button", name="Compare deductions").click()
    # The page is that of the work first, and of the comparison that it makes under the same address then.
    expect(finance.get_by_text("More than reported")).to_be_visible()
    expect(finance.get_by_text("once more")).to_be_visible()
    newest = get(finance.context, "deduction-comparisons")["items"][0]
    assert finance.url.endswith(f"/deduction-comparisons/{newest['id']}")
    assert newest["id"] != made["id"]


def test_finance_sees_both_figures_and_the_licensee_only_that_a_line_is_doubtful(open_as: Open) -> None:
    finance = open_as(ACCOUNTANT, language="en")
    finance.goto("/reports?tab=deductions")
    settle(finance)
    assert violations(finance) == []
    comparison = get(finance.context, "deduction-comparisons")["items"][-1]
    finance.goto(f"/deduction-comparisons/{comparison['id']}")
    expect(finance.get_by_text("More than reported")).to_be_visible()
    expect(finance.get_by_text("Agrees", exact=True)).to_be_visible()
    settle(finance)
    assert violations(finance) == []
    rows = get(finance.context, f"deduction-comparisons/{comparison['id']}")["deductions"]
    figures = [f"{row[name]:,}" for row in rows for name in ("claimed_by_all_units", "reported_units")]
    differences = [f"{row['claimed_units'] - row['reported_units']:,}" for row in rows]

    licensee = open_as(LICENSEE, language="en")
    licensee.goto("/reports?tab=deductions")
    settle(licensee)
    assert violations(licensee) == []
    doubt = next(one for one in get(licensee.context, "doubtful-deductions")["items"] if one["state"] == "asked")
    licensee.goto(f"/doubtful-deductions/{doubt['id']}")
    expect(licensee.get_by_text("Doubtful: something is to be done")).to_be_visible()
    settle(licensee)
    assert violations(licensee) == []
    own = f"{doubt['claimed_units']:,}"
    expect(licensee.get_by_text(own).first).to_be_visible()
    # What the brand reported is nowhere on its page, nor a difference from which it follows.
    hidden = {*figures, *differences} - {own, "0"}
    assert hidden
    assert not any(figure in licensee.content() for figure in hidden)
    assert get(licensee.context, "deduction-comparisons")["items"] == []
    licensee.get_by_role("button", name="Answer").click()
    drawer = licensee.get_by_role("dialog", name="Answer")
    drawer.get_by_role("textbox", name="Answer").fill("The contract is on its way.")
    rest(licensee)
    assert violations(licensee) == []
    drawer.get_by_role("button", name="Answer").click()
    expect(drawer).to_be_hidden()
    expect(licensee.get_by_text("The contract is on its way.")).to_be_visible()
    licensee.set_viewport_size(PHONE)
    rest(licensee)
    assert violations(licensee) == []

    # Whoever asked accepts nothing; a second person does, and not while nothing shows it.
    finance.goto(f"/doubtful-deductions/{doubt['id']}")
    expect(finance.get_by_text("The contract is on its way.")).to_be_visible()
    expect(finance.get_by_role("button", name="Accept", exact=True)).to_have_count(0)
    second = open_as(HEAD_OF_FINANCE, language="en")
    second.goto(finance.url)
    second.get_by_role("button", name="Accept", exact=True).click()
    drawer = second.get_by_role("dialog", name="Accept", exact=True)
    drawer.get_by_role("textbox", name="Decision").fill("Shown")
    drawer.get_by_role("button", name="Accept", exact=True).click()
    expect(drawer.get_by_text("the licensee has to attach its evidence first")).to_be_visible()
    rest(second)
    assert violations(second) == []
