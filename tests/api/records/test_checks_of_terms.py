"""A document of terms is checked as drafting it would: all mistakes with their place, and nothing is kept."""

from typing import Any

from licensing.terms.models import TermsVersion
from tests.api.records.conftest import House
from tests.factories.terms import TERMS


def asked(house: House, document: str, who: str = "secretariat", **headers: str) -> Any:
    body = {"programme_id": str(house.programme.pk), "in_force_from": "2026-01-01", "document": document}
    return house.people[who].post(
        "/api/v1/terms-checks", body, content_type="application/json", headers=headers or None
    )


def test_every_mistake_is_told_with_its_place_in_the_readers_language(house: House) -> None:
    document = TERMS.replace('per_unit = "0.20"', 'bands = [{above = 1, per_unit = "x"}]').replace('"10"', '"101"')
    before = TermsVersion.objects.count()
    found = asked(house, document, **{"accept-language": "en"}).json()
    assert [(each["path"], each["code"]) for each in found["mistakes"]] == [
        ("programme.admin_fee_percent", "bad_terms"),
        ("rates[0].bands[0].per_unit", "bad_terms"),
        ("rates[0].bands[0].above", "bad_terms"),
    ]
    assert found["mistakes"][0]["message"] == "programme.admin_fee_percent: must be between 0 and 100"
    assert (found["against"], found["differences"]) == (None, [])
    told = asked(house, document, **{"accept-language": "zh-Hans"}).json()["mistakes"][0]["message"]
    assert told == "programme.admin_fee_percent：须在 0 与 100 之间"
    assert TermsVersion.objects.count() == before


def test_what_is_no_toml_or_of_another_currency_is_told_as_well(house: House) -> None:
    [broken] = asked(house, "[programme]\nx = ?\n").json()["mistakes"]
    assert (broken["path"], broken["line"]) == ("", 2)
    [other] = asked(house, TERMS.replace("[programme]", '[programme]\ncurrency = "USD"')).json()["mistakes"]
    assert (other["path"], other["code"]) == ("programme.currency", "other_currency")
    [empty, *_more] = asked(house, "").json()["mistakes"]
    assert empty["path"] == "allocation"


def test_a_sound_document_is_told_beside_the_version_it_would_follow(house: House) -> None:
    found = asked(house, TERMS.replace("0.20", "0.25")).json()
    assert (found["mistakes"], found["against"]["number"]) == ([], 1)
    assert [each["text_en"] for each in found["differences"]] == ["Rate “device”: each unit: 0.2 CNY → 0.25 CNY."]


def test_only_who_drafts_terms_has_them_checked(house: House) -> None:
    assert asked(house, TERMS, "owner").status_code == 403
    assert asked(house, TERMS, "licensee").status_code == 403
