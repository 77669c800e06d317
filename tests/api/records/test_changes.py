"""Changing records over HTTP: from the version that was read, once per key, and not at all when refused."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from licensing.agreements.models import Charge, Licence, LicenceState
from licensing.terms.models import TermsVersion
from platform_core.audit.models import AuditEvent
from pools.composition.models import PoolEntry
from pools.patents.models import Ownership, Patent
from tests.api.records.conftest import House
from tests.factories.core import make_alliance, make_organisation
from tests.factories.memberships import make_membership


def test_an_edit_starts_from_the_version_that_was_read(house: House) -> None:
    client = house.people["secretariat"]
    patent = Patent.objects.get(publication="CN1B")
    address = f"/api/v1/patents/{patent.pk}"
    tag = client.get(address)["ETag"]

    assert send(client, "patch", address, {"ends_on": "2026-01-01"}).status_code == 428
    assert send(client, "patch", address, {"ends_on": "2026-01-01"}, if_match='"other"').status_code == 412
    patent.refresh_from_db()
    assert patent.ends_on is None

    done = send(client, "patch", address, {"ends_on": "2026-01-01"}, if_match=tag)
    assert (done.status_code, done.json()["ends_on"]) == (200, "2026-01-01")
    assert send(client, "patch", address, {"title": "x"}, if_match=tag).status_code == 412
    assert AuditEvent.objects.get(name="patent.edited").changes == {"ends_on": {"old": None, "new": "2026-01-01"}}


def test_a_charge_is_raised_once_per_key(house: House) -> None:
    client = house.people["finance"]
    charge = {
        "licence_id": str(house.licence.pk),
        "month": "2025-03",
        "kind": "entry",
        "amount": "10000.50",
        "currency": "USD",
    }
    first = send(client, "post", "/api/v1/charges", charge, key="entry-fee-1")
    again = send(client, "post", "/api/v1/charges", charge, key="entry-fee-1")
    other = send(client, "post", "/api/v1/charges", {**charge, "amount": "1"}, key="entry-fee-1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert first.json()["amount"] == "10000.5"
    assert [row.amount for row in Charge.objects.all()] == [Decimal("10000.50")]
    assert AuditEvent.objects.filter(name="charge.raised").count() == 1


def test_who_may_not_charge_leaves_no_trace(house: House) -> None:
    charge = {
        "licence_id": str(house.licence.pk),
        "month": "2025-03",
        "kind": "entry",
        "amount": "1",
        "currency": "CNY",
    }
    answers = {
        who: send(client, "post", "/api/v1/charges", charge, key="entry-fee-1").status_code
        for who, client in house.people.items()
        if who != "finance"
    }
    # The licence is public by name, so it is no secret that it exists; charging is refused all the same.
    assert answers == {"secretariat": 403, "owner": 403, "rival": 403, "licensee": 403, "outsider": 403}
    assert not Charge.objects.exists()
    assert not AuditEvent.objects.exists()


def test_terms_with_mistakes_are_refused_with_the_path_of_each(house: House) -> None:
    document = '[programme]\n[[rates]]\nid = "a"\nper_unit = "x"\ncolour = "red"\n[allocation]\nby = "equal"\n'
    response = send(
        house.people["secretariat"],
        "post",
        "/api/v1/terms-versions",
        {"programme_id": str(house.programme.pk), "in_force_from": "2026-01-01", "document": document},
        key="draft-two",
    )
    assert response.status_code == 422
    messages = [error["message"] for error in response.json()["errors"]]
    assert [message.partition(":")[0] for message in messages] == ["rates[0].per_unit", "rates[0].colour"]
    chinese = house.people["secretariat"].post(
        "/api/v1/terms-versions",
        {"programme_id": str(house.programme.pk), "in_force_from": "2026-01-01", "document": document},
        content_type="application/json",
        headers={"Idempotency-Key": "draft-two", "Accept-Language": "zh-CN"},
    )
    told = [error["message"] for error in chinese.json()["errors"]]
    assert [message.partition("：")[0] for message in told] == ["rates[0].per_unit", "rates[0].colour"]
    assert told[0] == (
        "rates[0].per_unit：须为半角数字的普通小数，例如 1234.56（不含分隔符和指数）；请以字符串书写小数"
    )
    assert chinese.json()["detail"] == "条款有误。"
    assert TermsVersion.objects.count() == 1


def test_a_transfer_ends_the_former_owners_entry_on_its_day(house: House) -> None:
    buyer = make_organisation("受让人")
    make_membership(house.alliance, buyer, "M3")
    patent = Patent.objects.get(publication="CN1B")
    response = send(
        house.people["secretariat"],
        "post",
        f"/api/v1/patents/{patent.pk}/transfers",
        {"from_owner_id": str(house.owner.pk), "to_owner_id": str(buyer.pk), "on": "2026-02-01"},
        key="transfer-1",
    )
    assert response.status_code == 201
    assert [(row.owner_id, row.from_on, row.to_on) for row in Ownership.objects.order_by("pk")] == [
        (house.owner.pk, None, date(2026, 2, 1)),
        (buyer.pk, date(2026, 2, 1), None),
    ]
    assert PoolEntry.objects.get().leaves_on == date(2026, 2, 1)
    assert set(AuditEvent.objects.values_list("name", flat=True)) == {"patent.transferred", "pool_entry.ended"}


def test_a_licence_goes_from_draft_into_force(house: House) -> None:
    client = house.people["secretariat"]
    organisation = make_organisation("新被许可人")
    make_membership(house.alliance, organisation, "M9")
    drafted = send(
        client,
        "post",
        "/api/v1/licences",
        {"programme_id": str(house.programme.pk), "code": "L9", "licensee_id": str(organisation.pk)},
        key="licence-9",
    )
    assert drafted.status_code == 201, drafted.json()
    address = f"/api/v1/licences/{drafted.json()['id']}"
    assert drafted.json()["allowed_steps"] == ["edit", "send", "cancel"]

    too_early = send(client, "post", f"{address}/countersignature", {})
    assert (too_early.status_code, too_early.json()["allowed_steps"]) == (409, ["send", "cancel"])

    assert send(client, "post", f"{address}/sending", {}).status_code == 200
    assert send(client, "post", f"{address}/signature", {"signed_on": "2025-05-06"}).status_code == 200
    done = send(client, "post", f"{address}/countersignature", {"starts_on": "2025-06-01"})
    assert (done.status_code, done.json()["state"], done.json()["starts_on"]) == (200, "in_force", "2025-06-01")
    licence = Licence.objects.get(code="L9")
    assert licence.state == LicenceState.IN_FORCE
    assert licence.terms_version_id is not None


def test_a_foreign_key_that_may_not_be_seen_is_as_if_it_were_not_there(house: House) -> None:
    hidden = make_membership(make_alliance(), make_organisation("看不见的"), "M7")
    response = send(
        house.people["secretariat"],
        "post",
        "/api/v1/pool-members",
        {"pool_id": str(house.pool.pk), "membership_id": str(hidden.pk)},
        key="member-7",
    )
    assert response.status_code == 404
    assert house.pool.members.count() == 2


def send(
    client: Client, method: str, address: str, contents: Mapping[str, object], *, key: str = "", if_match: str = ""
) -> Any:
    headers = {**({"Idempotency-Key": key} if key else {}), **({"If-Match": if_match} if if_match else {})}
    return getattr(client, method)(address, contents, content_type="application/json", headers=headers)
