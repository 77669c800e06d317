"""Dealings over HTTP: applied for once however often it is sent, listed by the next day, and taken on paper."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from licensing.dealings.models import Dealing
from platform_core.access.models import AccessLogEntry
from platform_core.documents.selectors import open_document_file
from platform_core.identity.models import Organisation
from tests.api.core.clients import client_of
from tests.factories.contracts import agreed, drawn_up, paper
from tests.factories.dealings import make_dealing
from tests.factories.signing import li_na, signed_pdf
from tests.integration.dealings.conftest import Talks, make_talks

pytestmark = pytest.mark.django_db

DEALINGS = "/api/v1/dealings"


@pytest.fixture
def talks(db: None, settings: Settings, tmp_path: Path) -> Talks:
    settings.DATA_DIR = tmp_path
    return make_talks()


def post(talks: Talks, who: str, address: str, body: dict[str, Any], key: str) -> Any:
    headers = {"Idempotency-Key": f"key-{key}-0001"}
    return client_of(talks.world.seats[who]).post(address, body, content_type="application/json", headers=headers)


def application(talks: Talks) -> dict[str, Any]:
    return {"programme_id": str(talks.world.programme.pk), "products": "display modules", "contact": "Li Na"}


def test_an_application_that_is_sent_twice_is_made_once_and_read_by_both_sides(talks: Talks) -> None:
    first = post(talks, "prospect", DEALINGS, application(talks), "apply")
    again = post(talks, "prospect", DEALINGS, application(talks), "apply")
    assert (first.status_code, again.status_code, Dealing.objects.count()) == (201, 201, 1)
    document = first.json()
    assert (document["side"], document["turn"], document["allowed_steps"]) == (
        *("prospect", "office", ["ending", "conduct"]),
    )
    where = f"{DEALINGS}/{document['id']}"
    office = client_of(talks.world.seats["secretariat"]).get(where).json()
    assert (office["side"], office["prospect_name"]) == ("office", "prospect 显示")
    assert office["allowed_steps"] == ["acknowledgement", "offers", "ending", "conduct"]
    for who in ("rival", "M1", "calculator"):
        assert client_of(talks.world.seats[who]).get(where).status_code == 404
        assert client_of(talks.world.seats[who]).get(DEALINGS).json()["items"] == []


def test_an_offer_says_what_it_changed(talks: Talks) -> None:
    dealing = talks.applied()
    talks.offered(dealing, reply_by=date(2099, 1, 31))
    body = {
        "list_version_id": str(talks.listed.pk),
        "terms_version_id": str(talks.world.terms.pk),
        "fee_basis": "0.20 a unit above 1,000, 0.10 above 50,000, by the published tariff",
        "starts_on": "2026-03-01",
        "tax_path": "domestic",
        "tax_bearer": "licensee",
        "reply_by": "2099-01-31",
    }
    answer = post(talks, "prospect", f"{DEALINGS}/{dealing.pk}/offers", body, "offer")
    assert answer.status_code == 201
    first, second = answer.json()["offers"]
    assert (first["state"], first["differences"]) == ("countered", [])
    assert second["differences"] == [{"field": "tax_bearer", "before": "licensor", "after": "licensee"}]
    refused = post(talks, "prospect", f"{DEALINGS}/{dealing.pk}/acceptance", {"number": 2}, "own")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


def test_the_record_of_conduct_is_had_on_paper_and_its_taking_is_logged(talks: Talks) -> None:
    dealing = talks.applied()
    talks.offered(dealing)
    client = client_of(talks.world.seats["prospect"])
    where = f"{DEALINGS}/{dealing.pk}/conduct-record"
    table = client.get(where, {"as": "csv", "language": "en"})
    lines = table.content.decode("utf-8-sig").splitlines()
    assert "2026-02-02,Applicant,Applied for a licence,2026-02-02 12:00 prospect," in lines
    assert any(line.startswith("2026-02-02,Licensor's side,Made an offer #1,") for line in lines)
    for form, start in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        for language in ("zh", "en"):
            assert client.get(where, {"as": form, "language": language}).content.startswith(start)
    assert AccessLogEntry.objects.filter(action="dealing.record_downloaded").count() == 5


def test_a_list_of_many_asks_no_more_than_one_of_few(talks: Talks) -> None:
    client = client_of(talks.world.seats["secretariat"])

    def questions() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            items = client.get(DEALINGS).json()["items"]
        return len(items), len(asked)

    talks.applied()
    questions()
    one, few = questions()
    for number in range(7):
        make_dealing(talks.world.programme, Organisation.objects.create(name_en=f"firm {number}"))
    eight, many = questions()
    assert (one, eight, many) == (1, 8, few)


def test_an_electronic_signature_goes_out_with_what_it_is_worth_and_is_asked_anew(talks: Talks) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    with open_document_file(contract.text_zh) as source:
        signed_file = signed_pdf(source.read(), li_na())
    body = {
        "number": 1,
        "text_sha256": contract.text_zh.sha256,
        "form": "e_signed",
        "signed_on": "2026-02-01",
        "signatory": "Li Na",
    }
    where = f"{DEALINGS}/{dealing.pk}"
    broken = {**body, "document_id": str(paper(talks, dealing, signed_file[:150] + b"9" + signed_file[151:]).pk)}
    refused = post(talks, "secretariat", f"{where}/signature", broken, "broken")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "signature_broken")
    body["document_id"] = str(paper(talks, dealing, signed_file).pk)
    assert post(talks, "secretariat", f"{where}/signature", body, "signed").status_code == 200
    assert post(talks, "prospect", f"{where}/signature-check", {}, "theirs").status_code == 403
    assert post(talks, "rival", f"{where}/signature-check", {}, "rival").status_code == 404
    assert post(talks, "secretariat", f"{where}/signature-check", {}, "anew").status_code == 200
    [signature] = client_of(talks.world.seats["prospect"]).get(where).json()["contracts"][0]["signatures"]
    latest, first = signature["checks"]
    assert (latest["outcome"], latest["authority"], latest["roots"]) == ("intact", "unknown", [])
    assert latest["checked_at"] > first["checked_at"]
    [found] = latest["signatures"]
    assert (found["organisation"], found["covers"], found["revocation"]) == ("凌波显示有限公司", "file", "not_asked")
