"""The same refusal in both languages: what people read is said in theirs, and what programs read does not change."""

from typing import Any

import pytest
from django.test import Client

from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db

WHAT_PEOPLE_READ = {"title", "detail", "errors", "lines"}


def both(client: Client, address: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[Any, Any]:
    """Send the same twice, and return the refusals as an English and a Chinese reader have them."""
    english, chinese = (
        client.post(
            address, body or {}, content_type="application/json", headers={**headers, "Accept-Language": language}
        )
        for language in ("en", "zh-CN")
    )
    assert english.status_code == chinese.status_code
    assert (english["Content-Language"], chinese["Content-Language"]) == ("en", "zh-hans")
    for answer in (english, chinese):
        assert "Accept-Language" in answer["Vary"]
    said, told = english.json(), chinese.json()
    assert {name: said[name] for name in said.keys() - WHAT_PEOPLE_READ} == {
        name: told[name] for name in told.keys() - WHAT_PEOPLE_READ
    }
    assert [(error["pointer"], error["code"]) for error in said.get("errors", [])] == [
        (error["pointer"], error["code"]) for error in told.get("errors", [])
    ]
    return said, told


def secretariat(alliance: Any) -> Client:
    seat = make_seat()
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    return client_of(seat)


def test_a_step_that_is_not_possible_now_is_told_with_its_states() -> None:
    alliance = make_alliance("words")
    membership = make_membership(alliance, make_organisation(), "M1")
    client = secretariat(alliance)
    address = f"/api/v1/memberships/{membership.pk}"
    tag = client.get(address)["ETag"]
    said, told = both(client, f"{address}/review", {"reason": "甲"}, **{"If-Match": tag})
    assert said["code"] == "wrong_state"
    assert said["detail"] == ("“review” is not possible while this is “admitted”; it is possible from: “applied”.")
    assert told["title"] == "当前状态下不能执行此步骤"
    assert told["detail"] == "当前状态为“在籍”，不能执行“受理审核”；可执行该步骤的状态：“已申请”。"


def test_what_may_not_be_done_and_what_is_not_there_is_told() -> None:
    alliance = make_alliance("words")
    _said, told = both(secretariat(make_alliance("other")), f"/api/v1/memberships/{alliance.pk}/review")
    assert "您无权查看" in told["detail"]
    said, told = both(Client(), "/api/v1/pools")
    assert (said["title"], told["title"]) == ("Sign in first", "请先登录")


def test_mistakes_of_fields_are_told_ours_and_those_of_the_framework() -> None:
    alliance = make_alliance("words")
    client = secretariat(alliance)
    key = {"Idempotency-Key": "some-key-1"}
    said, told = both(client, "/api/v1/pools", {}, **key)
    assert {error["message"] for error in said["errors"]} == {"This field is required."}
    assert {error["message"] for error in told["errors"]} == {"该字段是必填项。"}

    pool = {"alliance_id": str(alliance.pk), "code": "a\nb", "name": "a\nb"}
    said, told = both(client, "/api/v1/pools", pool, **key)
    assert {error["pointer"]: error["message"] for error in said["errors"]} == {
        "/code": "This must be one line of plain text.",
        "/name": "This must be one line of plain text.",
    }
    assert {error["pointer"]: error["message"] for error in told["errors"]} == {
        "/code": "须为单行纯文本。",
        "/name": "须为单行纯文本。",
    }
    assert told["detail"] == "；".join(error["message"] for error in told["errors"])


@pytest.mark.parametrize("language", [None, "en", "de", "fr-CH, en;q=0.8"])
def test_whoever_asks_for_no_chinese_is_answered_in_english(language: str | None) -> None:
    headers = {} if language is None else {"Accept-Language": language}
    assert Client().get("/api/v1/nowhere", headers=headers).json()["detail"].isascii()
