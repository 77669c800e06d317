"""What differs between two versions of terms is read by those who may read both."""

from datetime import date

from licensing.terms.models import TermsVersion
from tests.api.records.conftest import House
from tests.factories.terms import TERMS, make_programme, make_terms


def address(version: TermsVersion) -> str:
    return f"/api/v1/terms-versions/{version.pk}/differences"


def test_a_draft_is_told_against_the_version_it_follows(house: House) -> None:
    first = house.programme.terms_versions.get(number=1)
    make_terms(house.programme, 2, in_force_from=date(2027, 1, 1), document=TERMS.replace("0.20", "0.30"))
    dearer = TERMS.replace("0.20", "0.25").replace('"10"', '"12"')
    draft = make_terms(house.programme, 3, in_force_from=date(2026, 1, 1), document=dearer, published_at=None)

    found = house.people["owner"].get(address(draft)).json()
    assert (found["version"]["number"], found["against"]["id"]) == (3, str(first.pk))
    assert [(each["area"], each["kind"], each["subject"], each["text_en"]) for each in found["differences"]] == [
        ("programme", "changed", "", "Administration fee: 10 % → 12 %."),
        ("rates", "changed", "device", "Rate “device”: each unit: 0.2 CNY → 0.25 CNY."),
    ]
    assert found["differences"][1]["text_zh"] == "费率“device”：每台：0.2 CNY → 0.25 CNY。"

    second = house.programme.terms_versions.get(number=2)
    asked = house.people["owner"].get(address(draft), {"against": str(second.pk)}).json()
    assert asked["against"]["number"] == 2
    assert asked["differences"][1]["text_en"] == "Rate “device”: each unit: 0.3 CNY → 0.25 CNY."
    alone = house.people["owner"].get(address(first)).json()
    assert (alone["against"], alone["differences"]) == (None, [])


def test_who_may_not_read_a_draft_is_told_nothing_of_it(house: House) -> None:
    published = house.programme.terms_versions.get(number=1)
    draft = make_terms(house.programme, 2, in_force_from=date(2026, 1, 1), published_at=None)
    licensee = house.people["licensee"]
    hidden = licensee.get(address(published), {"against": str(draft.pk)})
    unknown = licensee.get(address(published), {"against": "019aa000-0000-7000-8000-000000000001"})
    assert hidden.status_code == unknown.status_code == 422
    assert hidden.json()["errors"] == unknown.json()["errors"]
    assert licensee.get(address(draft)).status_code == 404


def test_versions_of_two_programmes_are_not_compared(house: House) -> None:
    other = make_terms(make_programme(house.pool, house.programme.operating_entity, "other"), 1)
    client = house.people["secretariat"]
    version = house.programme.terms_versions.get(number=1)
    for against, code in ((str(other.pk), "other_programme"), ("x", "bad_id")):
        answer = client.get(address(version), {"against": against})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
