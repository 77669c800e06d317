"""Open licences over HTTP: lists keep their queries, what is filed is what was read, and workings stay the owner's."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licensing.dealings.models import RecordalResult
from licensing.openlicences.models import DeclarationState, OpenDeclaration, OpenLicenceState
from platform_core.audit.models import AuditEvent
from platform_core.identity.roles import Role
from pools.patents.models import Ownership, Patent
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_organisation, make_seat
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
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
def test_evidence_that_is_sent_twice_is_shown_once(house: House, owner: Client) -> None:
    entry = make_open_licence(
        make_declaration(house.owner, house.patent), house.rival, OpenLicenceState.NOTICED, from_paper=True
    )
    entry.state, entry.contested_on, entry.contest_reason = OpenLicenceState.CONTESTED, date(2026, 2, 9), "未发出"
    entry.save()
    address, body = f"{LICENCES}/{entry.pk}/evidence", {"document_id": str(entry.letter_id), "note": "邮件回执"}
    answers = [post(owner, address, body, **{"Idempotency-Key": "evidence-1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert AuditEvent.objects.filter(name="open_licence.evidence_added").count() == 1


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


def test_a_declaration_is_had_on_paper_once_nothing_stands_against_it_and_by_its_owner_alone(
    house: House, owner: Client
) -> None:
    declaration = make_declaration(house.owner, house.patent, DeclarationState.DRAFT, contact="")
    address = f"{DECLARATIONS}/{declaration.pk}/document"
    assert owner.get(address).status_code == 409
    OpenDeclaration.objects.filter(pk=declaration.pk).update(contact="知识产权部")
    paper = owner.get(f"{address}?as=csv&language=zh")
    assert paper.status_code == 200
    said = b"".join(paper).decode() if paper.streaming else paper.content.decode()
    # Parties, patent, price, term, contact and undertakings, as the statement asks; what is not verified says so.
    for words in (
        house.owner.name_zh,
        house.patent.publication,
        "50,000.00 CNY（人民币伍万元整）",
        "净销售额的 3.5 %",
        "自许可生效之日起至专利权终止",
        "知识产权部",
        "愿意许可任何单位或者个人实施该专利",
        "施行日期未经核实",
    ):
        assert words in said, words
    assert owner.get(f"{address}?language=en").content.startswith(b"%PDF")
    announced = make_declaration(house.owner, make_patent(house.alliance, "CN2B", house.owner))
    for client in (Client(), client_of(house.seat(house.rival))):
        assert client.get(f"{DECLARATIONS}/{announced.pk}/document").status_code in (401, 403)


def test_of_an_open_licence_others_learn_that_fees_are_reduced_and_the_declarant_since_when(
    house: House, owner: Client
) -> None:
    Patent.objects.filter(pk=house.patent.pk).update(filed_on=date(2017, 3, 10), granted_on=date(2019, 8, 1))
    partner = make_organisation("共有人")
    make_membership(house.alliance, partner, "M9")
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=partner)
    declaration = make_declaration(house.owner, house.patent)
    taken = make_open_licence(declaration, make_organisation("被许可方"))
    since = date(2026, 2, 9)
    taken.recordal_filed_on, taken.recordal_result, taken.recordal_result_on = since, RecordalResult.RECORDED, since
    taken.recordal_number = "X1"
    taken.save()
    assigned = make_seat()
    give_role(assigned, Role.OPERATOR, alliance=house.alliance)
    until = datetime.now(UTC) + timedelta(days=1)
    make_grant(house.patent, assigned, by=house.seat(house.owner), role=Role.OPERATOR, ends_at=until)
    operator = client_of(assigned)
    readers = {
        "declarant": owner,
        "its finance": client_of(house.seat(house.owner, Role.MEMBER_FINANCE)),
        "co-owner": client_of(house.seat(partner)),
        "its finance too": client_of(house.seat(partner, Role.MEMBER_FINANCE)),
        "operator": operator,
    }
    for name, reader in readers.items():
        found = reader.get(f"/api/v1/patents/{house.patent.pk}/annuities")
        assert found.status_code == 200, name
        assert found.json()["is_openly_licensed"] is True, name
        told = json.dumps(found.json(), ensure_ascii=False)
        assert "2026-02-09" not in told, name
        assert "被许可方" not in told, name
    checks = f"{DECLARATIONS}/{declaration.pk}/checks"
    for name in ("declarant", "its finance"):
        assert readers[name].get(checks).json()["reduction"]["practised_since"] == "2026-02-09"
    shown = operator.get(checks).json()["reduction"]
    assert (shown["is_practised"], shown["practised_since"]) == (True, None)
    assert readers["co-owner"].get(checks).status_code == 403


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
