"""Licences outside a programme over HTTP: the list keeps its queries, drafts are edited as they were read."""

import io
import json
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from licensing.direct.models import DirectKind, DirectLicence, DirectState
from platform_core.documents.services import NewFile, add_document
from platform_core.jobs.processes import ChildResult, run_child
from platform_core.signatures import services as signatures
from pools.patents.models import Ownership
from tests.api.core.clients import client_of
from tests.factories.core import make_organisation
from tests.factories.direct import make_direct_licence
from tests.factories.documents import make_document
from tests.factories.signing import contract_pdf, li_na, signed_pdf
from tests.integration.direct.conftest import House, make_house

pytestmark = pytest.mark.django_db
PATH = "/api/v1/direct-licences"


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def owner(house: House) -> Client:
    return client_of(house.seat(house.owner))


def send(client: Client, method: str, address: str, body: Any, **headers: str) -> Any:
    return getattr(client, method)(
        f"{PATH}{address}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_the_list_takes_the_same_queries_however_long_it_is(house: House, owner: Client) -> None:
    make_direct_licence(house.owner, house.rival, [house.patent])
    with CaptureQueriesContext(connection) as few:
        assert owner.get(PATH).json()["total"] == 1
    for _ in range(4):
        make_direct_licence(house.owner, house.rival, [house.patent])
    with CaptureQueriesContext(connection) as many:
        assert owner.get(PATH).json()["total"] == 5
    assert len(many) == len(few)


def test_a_draft_is_made_once_per_key_and_changed_as_it_was_read(house: House, owner: Client) -> None:
    body = {
        "alliance_id": str(house.alliance.pk),
        "kind": DirectKind.EXCLUSIVE,
        "code": "D1",
        "licensee_id": str(house.rival.pk),
        "patent_ids": [str(house.patent.pk)],
        "fields_of_use": ["电视"],
        "starts_on": "2026-04-01",
    }
    made = [send(owner, "post", "", body, **{"Idempotency-Key": "draft-one"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert DirectLicence.objects.count() == 1
    found = made[0].json()
    assert (found["fields_of_use"], found["allowed_steps"]) == (["电视"], ["edit", "send", "cancel"])
    assert [row["publication"] for row in found["patents"]] == ["CN1B"]

    etag = owner.get(f"{PATH}/{found['id']}").headers["ETag"]
    assert send(owner, "patch", f"/{found['id']}", {"territory": ["CN-44"]}, **{"If-Match": etag}).status_code == 200
    late = send(owner, "patch", f"/{found['id']}", {"territory": []}, **{"If-Match": etag})
    assert late.status_code == 412
    assert DirectLicence.objects.get().territory == ["CN-44"]


def test_a_sub_licensee_is_not_told_what_its_licence_is_under(house: House) -> None:
    head = make_direct_licence(house.owner, house.rival, [house.patent], may_sublicense=True)
    third = make_house()
    licence = make_direct_licence(house.rival, third.owner, [house.patent], kind=DirectKind.SUB, head=head)
    seen = {
        side: client_of(seat).get(f"{PATH}/{licence.pk}")
        for side, seat in (
            ("licensor", house.seat(house.rival)),
            ("licensee", third.seat(third.owner)),
            ("head", house.seat(house.owner)),
        )
    }
    assert seen["licensor"].json()["head_id"] == str(head.pk)
    assert seen["licensee"].json()["head_id"] is None
    assert str(head.pk) not in seen["licensee"].content.decode()
    assert seen["head"].status_code == 404


def test_a_licence_is_signed_as_it_was_read(house: House, owner: Client) -> None:
    licence = make_direct_licence(house.owner, house.rival, [house.patent], DirectState.SENT)
    licensee = client_of(house.seat(house.rival))
    body = {"signed_on": "2026-03-01"}

    def sign(key: str, **headers: str) -> int:
        answer = send(licensee, "post", f"/{licence.pk}/signature", body, **{"Idempotency-Key": key}, **headers)
        return int(answer.status_code)

    etag = licensee.get(f"{PATH}/{licence.pk}").headers["ETag"]
    assert sign("without-version-1") == 428
    assert sign("any-version-1", **{"If-Match": "*"}) == 428
    # It is taken back, changed and sent again while the licensee has the page open.
    assert owner.post(f"{PATH}/{licence.pk}/return").status_code == 200
    assert send(owner, "patch", f"/{licence.pk}", {"territory": ["CN-44"]}, **{"If-Match": "*"}).status_code == 200
    assert owner.post(f"{PATH}/{licence.pk}/sending").status_code == 200
    assert sign("stale-version-1", **{"If-Match": etag}) == 412
    assert DirectLicence.objects.get().state == DirectState.SENT
    etag = licensee.get(f"{PATH}/{licence.pk}").headers["ETag"]
    assert sign("fresh-version-1", **{"If-Match": etag}) == 200
    assert DirectLicence.objects.get().state == DirectState.SIGNED


def test_a_file_is_verified_once_before_the_transaction_and_only_if_it_may_be_recorded(
    house: House, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    owner = client_of(house.seat(house.owner))
    licence = make_direct_licence(house.owner, house.rival, [house.patent], DirectState.SENT)
    file = NewFile("signed.pdf", io.BytesIO(signed_pdf(contract_pdf(), li_na())))
    paper = add_document(
        actor=house.acting(house.owner),
        subject_type="direct.directlicence",
        subject_id=licence.pk,
        title="signed",
        file=file,
    )
    body = {"signed_on": "2026-03-01", "document_id": str(paper.pk), "is_e_signed": True}
    etag = owner.get(f"{PATH}/{licence.pk}").headers["ETag"]
    outside, verified = len(connection.savepoint_ids), []

    def watched(command: Any, **given: Any) -> ChildResult:
        verified.append(len(connection.savepoint_ids))
        return run_child(command, **given)

    monkeypatch.setattr(signatures, "run_child", watched)

    def post(step: str, key: str, **headers: str) -> Any:
        return send(owner, "post", f"/{licence.pk}/{step}", body, **{"Idempotency-Key": key}, **headers)

    # What was read is another licence by now: nobody waits for its file.
    assert (post("signature", "stale-one", **{"If-Match": '"stale"'}).status_code, verified) == (412, [])
    monkeypatch.setattr(signatures, "_WAITS", 0.01)
    monkeypatch.setattr(signatures, "_AT_ONCE", BoundedSemaphore(1))
    signatures._AT_ONCE.acquire()
    busy = post("signature", "sign-one", **{"If-Match": etag})
    assert (busy.status_code, busy.json()["code"], busy.headers["Retry-After"]) == (503, "verifying_others", "30")
    signatures._AT_ONCE.release()
    for step, code in (("signature", 200), ("signature-check", 200)):
        answers = [post(step, f"{step}-key", **{"If-Match": etag}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [code, code]
        assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert verified == [outside, outside]
    with CaptureQueriesContext(connection) as asked:
        shown = owner.get(f"{PATH}/{licence.pk}").json()
    assert (len(shown["signature_checks"]), "verify signature" in shown["allowed_steps"]) == (2, True)
    assert len([each for each in asked if 'FROM "signatures_signaturecheck"' in each["sql"]]) == 1


def test_a_consent_is_to_what_was_read_and_says_whether_it_still_counts(house: House, owner: Client) -> None:
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival)
    licence = make_direct_licence(
        house.owner, make_organisation("丙"), [house.patent], DirectState.DRAFT, kind=DirectKind.SOLE
    )
    body = {
        "owner_id": str(house.rival.pk),
        "given_on": "2026-03-01",
        "document_id": str(make_document(licence, "consent").pk),
    }

    def consent(key: str, etag: str) -> int:
        headers = {"Idempotency-Key": key, "If-Match": etag}
        return int(send(owner, "post", f"/{licence.pk}/consents", body, **headers).status_code)

    stale = owner.get(f"{PATH}/{licence.pk}").headers["ETag"]
    assert send(owner, "patch", f"/{licence.pk}", {"territory": ["CN-44"]}, **{"If-Match": stale}).status_code == 200
    assert consent("stale-version-1", stale) == 412
    assert consent("fresh-version-1", owner.get(f"{PATH}/{licence.pk}").headers["ETag"]) == 201
    read = owner.get(f"{PATH}/{licence.pk}")
    assert [row["is_current"] for row in read.json()["consents"]] == [True]
    etag = read.headers["ETag"]
    assert send(owner, "patch", f"/{licence.pk}", {"territory": ["CN"]}, **{"If-Match": etag}).status_code == 200
    assert [row["is_current"] for row in owner.get(f"{PATH}/{licence.pk}").json()["consents"]] == [False]
