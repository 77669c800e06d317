"""The shell in a real browser: seats, lists, the keyboard, languages, and what a page says when something is wrong."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER, PHONE, SECRETARY, SITE_ADMIN, TWO_SEATS, Door
from tests.e2e.watching import settle

GONE = "01a20000-0000-7000-8000-000000000000"


def test_whoever_is_not_signed_in_comes_back_to_the_page_they_asked_for(open_as: Open) -> None:
    page = open_as()
    page.goto("/members?segment=upstream")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert "next=%2Fmembers%3Fsegment%3Dupstream" in page.url
    page.get_by_label("电子邮箱").fill(SECRETARY)
    page.get_by_label("密码", exact=True).fill("lianchi-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/members?segment=upstream")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)


def test_a_wrong_password_says_what_to_do_and_not_which_part_was_wrong(open_as: Open) -> None:
    page = open_as(language="en")
    for email in ("nobody@jianghan.example", "ziang.gong@qiongjing.example"):
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill("not-the-password")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("alert")).to_have_text(re.compile("do not belong together"))


def test_a_list_is_a_link_with_its_filters_order_and_columns(open_as: Open) -> None:
    page = open_as(SECRETARY)
    page.goto("/members")
    settle(page)
    # The header and ten members, and whoever applied in a test before this one.
    everybody = page.get_by_role("row").count()
    assert everybody >= 11
    page.get_by_role("button", name="添加筛选").click()
    page.get_by_role("menuitem", name="产业环节").click()
    page.get_by_title("下游").click()
    expect(page).to_have_url(re.compile(r"\?segment=downstream$"))
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_role("button", name="成员代码").first.click()
    expect(page).to_have_url(re.compile("order=-code"))
    settle(page)
    first = page.get_by_role("row").nth(1).inner_text()
    page.reload()
    settle(page)
    assert page.get_by_role("row").nth(1).inner_text() == first
    page.get_by_role("button", name="移除筛选：产业环节").click()
    expect(page.get_by_role("row")).to_have_count(everybody)


def test_the_keyboard_walks_over_rows_and_opens_one(open_as: Open) -> None:
    page = open_as(SECRETARY, language="en")
    page.goto("/organisations")
    settle(page)
    expect(page.locator("[data-row-link]").nth(1)).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("[data-row-link]").first).to_be_focused()
    page.keyboard.press("j")
    second = page.locator("[data-row-link]").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-row-link]").first).to_be_focused()
    name = page.locator("[data-row-link]").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name=re.compile("Search"))).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_no_screen_mixes_languages_when_it_is_switched(open_as: Open) -> None:
    page = open_as(SECRETARY)
    page.goto("/organisations")
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("组织")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Organisations")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("navigation", name="Main navigation")).not_to_contain_text(re.compile(r"[一-鿿]"))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Organisations")


def test_what_may_not_be_seen_and_what_is_not_there_look_the_same(open_as: Open, door: Door) -> None:
    page = open_as(MEMBER, language="en")
    page.goto(f"/organisations/{GONE}")
    expect(page.get_by_role("heading", name="Not found, or not yours to see")).to_be_visible()
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="Not found, or not yours to see")).to_be_visible()


def test_a_seat_is_switched_in_one_tab_and_stays_in_the_other(open_as: Open, door: Door) -> None:
    admin = door.open(SITE_ADMIN)
    headers = door.headers(admin)
    found = admin.request.get("/api/v1/seats?limit=200").json()["items"]
    person = next(row for row in found if row["user_name"].startswith("蒋衡之"))
    organisations = admin.request.get("/api/v1/organisations?limit=200").json()["items"]
    second = next(row for row in organisations if row["name_zh"] == "青岛曜汐电器销售有限公司")
    made = admin.request.post(
        "/api/v1/seats",
        data={"user": person["user"], "organisation": second["id"], "title": "董事"},
        headers={**headers, "Idempotency-Key": "second-seat"},
    )
    assert made.status == 201, made.text()
    opened = made.json()["id"]
    admin.close()

    page = open_as(TWO_SEATS)
    page.goto("/")
    settle(page)
    other = page.context.new_page()
    other.goto("/organisations")
    settle(other)

    switcher = page.get_by_test_id("seat-switcher").first
    expect(switcher).to_contain_text("武汉昭衡超高清视频创新研究院")
    switcher.click()
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/me") and answer.ok) as asked:
        page.get_by_role("menuitem", name=re.compile("电器销售")).click()
    assert asked.value.json()["seat"] == opened
    expect(switcher).to_contain_text("青岛曜汐电器销售有限公司")

    with other.expect_request(lambda request: "/api/v1/alliances" in request.url) as sent:
        other.get_by_role("link", name="联盟与运营主体").click()
    assert sent.value.headers["x-seat"] == person["id"]
    expect(other.get_by_test_id("seat-switcher").first).to_contain_text("武汉昭衡超高清视频创新研究院")


def test_the_page_says_so_when_the_network_is_gone_and_when_it_is_back(open_as: Open) -> None:
    page = open_as(SECRETARY, language="en")
    page.goto("/members")
    settle(page)
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline")).to_be_hidden()


def test_a_phone_shows_rows_as_cards_and_the_navigation_in_a_drawer(open_as: Open) -> None:
    page = open_as(SECRETARY, viewport=PHONE, has_touch=True)
    page.goto("/members")
    settle(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="打开导航").click()
    page.get_by_role("dialog").get_by_role("link", name="组织").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("组织")
    settle(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_the_whole_list_is_saved_as_a_file(open_as: Open) -> None:
    page = open_as(SECRETARY)
    page.goto("/organisations")
    settle(page)
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="CSV").click()
    text = saved.value.path().read_text("utf-8-sig")
    assert len(text.splitlines()) == 1 + 45
    assert "Shanghai Yuchen Digital Home Co., Ltd." in text


def test_a_mistake_comes_back_to_its_field_and_nothing_typed_is_lost(open_as: Open) -> None:
    page = open_as(SECRETARY, language="en")
    page.goto("/organisations")
    settle(page)
    page.get_by_role("button", name="Register an organisation").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("English name").fill("Example of a Mistake Ltd.")
    dialog.get_by_label("Social credit code").fill("91310100MAW1M9XN9Z")
    dialog.get_by_role("button", name="Register an organisation").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    expect(dialog.locator(".ant-form-item-has-error")).to_contain_text("Social credit code")
    page.reload()
    page.get_by_role("button", name="Register an organisation").click()
    expect(page.get_by_role("dialog").get_by_label("English name")).to_have_value("Example of a Mistake Ltd.")
