"""Open licences over HTTP: lists keep their queries, what is filed is what was read, and workings stay the owner's."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licensing.openlicences.models import DeclarationState, OpenDeclaration
from tests.api.core.clients import client_of
from tests.factories.core import make_organisation
from tests.factories.openlicences import make_declaration, make_open_licence
from tests.factories.patents import make_patent
from tests.integration.direct.conftest import House, make_house

pytestmark = pytest.mark.django_db
DECLARATIONS, LICENCES = "/api/v1/open-declarations", "/api/v1/open-licences"


@pytest.fixture
def house() -> House:
    house = make_house()
    house.patent.right = "invention"
    house.patent.save(update_fields=["right"])
    return house


@pytest.fixture
def owner(house: House) -> Client:
    return client_of(house.seat(house.owner))


def post(client: Client, address: str, body: Any, **headers: str) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def test_lists_take_the_same_queries_however_long_they_are(house: House, owner: Client) -> None:
    def add(number: int) -> None:
        declaration = make_declaration(house.owner, make_patent(house.alliance, f"CN9{number}B", house.owner))
        make_open_licence(declaration, make_organisation())

    counts = []
    for upto in (range(1), range(1, 5)):
        for number in upto:
            add(number)
        for path in (DECLARATIONS, LICENCES):
            with CaptureQueriesContext(connection) as asked:
                assert owner.get(path).json()["total"] == upto.stop
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


@pytest.mark.django_db(transaction=True)
def test_what_is_filed_is_what_was_read(house: House, owner: Client) -> None:
    declaration = make_declaration(house.owner, house.patent, DeclarationState.DRAFT)
    address, body = f"{DECLARATIONS}/{declaration.pk}", {"filed_on": "2026-03-01"}
    assert post(owner, f"{address}/filing", body).status_code == 428
    assert post(owner, f"{address}/filing", body, **{"If-Match": "*"}).status_code == 428
    stale = owner.get(address).headers["ETag"]
    edited = owner.patch(
        address, json.dumps({"sum_minor": 1}), content_type="application/json", headers={"If-Match": stale}
    )
    assert (edited.status_code, edited.json()["sum_minor"]) == (200, 1)
    assert post(owner, f"{address}/filing", body, **{"If-Match": stale}).status_code == 412
    assert OpenDeclaration.objects.get().state == DeclarationState.DRAFT
    fresh = owner.get(address).headers["ETag"]
    filed = post(owner, f"{address}/filing", body, **{"If-Match": fresh})
    assert (filed.status_code, filed.json()["state"]) == (200, "filed")


def test_anybody_reads_what_was_announced_and_nobody_else_the_workings(house: House, owner: Client) -> None:
    declaration = make_declaration(house.owner, house.patent, guidance_reason="独家工艺")
    declaration.withdrawal_filed_on, declaration.withdrawal_reason = declaration.announced_on, "另行许可"
    declaration.save()
    draft = make_declaration(house.owner, make_patent(house.alliance, "CN2B", house.owner), DeclarationState.DRAFT)
    for client in (Client(), client_of(house.seat(house.rival))):
        assert [row["id"] for row in client.get(DECLARATIONS).json()["items"]] == [str(declaration.pk)]
        found = client.get(f"{DECLARATIONS}/{declaration.pk}")
        assert found.json()["workings"] is None
        assert found.json()["state"] == "announced"
        assert not any(word in found.content.decode() for word in ("独家工艺", "另行许可", "withdrawal_filed_on"))
        assert client.get(f"{DECLARATIONS}/{draft.pk}").status_code == 404
        assert client.get(f"{DECLARATIONS}/{declaration.pk}/checks").status_code in (401, 403)
    assert owner.get(f"{DECLARATIONS}/{declaration.pk}").json()["workings"]["withdrawal_reason"] == "另行许可"
