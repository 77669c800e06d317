"""What offices and dockets say is put beside our record, never over it, until somebody decides whose word counts."""

from datetime import date
from typing import Any

import pytest

from platform_core.audit.models import AuditEvent
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotFound
from pools.patents.differences.services import Decision, decide_differences
from pools.patents.models import Bibliography, Difference, OutsideRecord, Patent, Source
from pools.patents.services import edit_patent, transfer_patent
from tests.factories.core import acting, make_organisation
from tests.integration.patents.desk import GRANTED, Desk

pytestmark = pytest.mark.django_db

OURS = {**GRANTED, "申请（专利权）人": "江汉显示有限公司"}
"""What our own list says: one owner, who is on record."""


def told(**fields: str) -> dict[str, str]:
    """Return our row as incoPat and others would export it, with what they say otherwise."""
    return {
        "公开(公告)号": "CN103294796B",
        "申请号": "CN201310199708.X",
        "标题": OURS["名称"],
        "申请人": OURS["申请（专利权）人"],
        **fields,
    }


@pytest.fixture
def patent(desk: Desk) -> Patent:
    """A patent taken in from our own list."""
    desk.apply(desk.check([OURS]))
    return Patent.objects.get()


def listed() -> list[tuple[str, list[str], list[str], list[str], int, str]]:
    """Return the differences as their list opens."""
    rows = Difference.objects.order_by("-risk", "field")
    return [(row.field, row.own, row.office, row.docket, row.risk, row.state) for row in rows]


def decide(desk: Desk, side: str, *fields: str, reason: str = "", **versions: int) -> list[Difference]:
    rows = Difference.objects.filter(field__in=fields).order_by("field")
    decisions = [
        Decision(difference_id=row.pk, side=side, version=versions.get(row.field, row.version)) for row in rows
    ]
    return decide_differences(actor=desk.actor, decisions=decisions, reason=reason)


def test_an_office_fills_blanks_and_overwrites_nothing(desk: Desk, patent: Patent) -> None:
    before = Bibliography.objects.get()
    checked = desk.check([told(标题="另一名称", IPC="G06F17/30", 当前法律状态="失效")], source_kind="office")

    assert (checked.told["source_kind"], checked.told["contradictions"]) == ("office", 1)
    desk.apply(checked)

    patent.refresh_from_db()
    record = Bibliography.objects.get()
    assert (patent.title, record.ipc) == ("一种信息处理方法", before.ipc)
    # The status is the office's own word.
    assert (before.office_status, record.office_status) == ("", "失效")
    office = Source.objects.get(kind="office")
    assert {name for name, source in record.sources.items() if source == str(office.pk)} == {"office_status"}
    assert listed() == [
        ("legal_status", ["in_force"], ["ended"], [], 100, "open"),
        ("title", ["一种信息处理方法"], ["另一名称"], [], 10, "open"),
    ]


def test_three_sides_stand_beside_one_another_and_the_largest_risk_is_first(desk: Desk, patent: Patent) -> None:
    desk.apply(desk.check([told(申请人="别家公司", 当前法律状态="等年费滞纳金")], source_kind="office"))
    desk.apply(desk.check([told(申请日="2013.05.28", 当前法律状态="专利权维持")], source_kind="docket"))

    assert listed() == [
        ("legal_status", ["in_force"], ["unpaid"], ["in_force"], 90, "open"),
        ("owners", ["江汉显示有限公司"], ["别家公司"], ["江汉显示有限公司"], 70, "open"),
        ("filed_on", ["2013-05-27"], [], ["2013-05-28"], 50, "open"),
        ("applicants", ["江汉显示有限公司"], ["别家公司"], ["江汉显示有限公司"], 25, "open"),
    ]


def test_another_name_of_the_same_owner_is_no_difference(desk: Desk, patent: Patent) -> None:
    desk.firm.name_en = "Jianghan Display Co., Ltd."
    desk.firm.save()

    desk.apply(desk.check([told(申请人="Jianghan Display Co., Ltd.")], source_kind="office"))

    assert [row[0] for row in listed()] == ["applicants"]


def test_repeating_a_file_neither_doubles_nor_reopens_what_was_decided(desk: Desk, patent: Patent) -> None:
    otherwise = told(标题="另一名称", 申请日="2013.05.28")
    desk.apply(desk.check([otherwise], source_kind="office"))
    decide(desk, "own", "title", reason="The register has it so.")
    decide(desk, "office", "filed_on")
    before = list(Difference.objects.order_by("pk").values())

    desk.apply(desk.check([otherwise], source_kind="office"))

    assert list(Difference.objects.order_by("pk").values()) == before
    assert {row[0]: row[5] for row in listed()} == {"filed_on": "accepted", "title": "kept"}
    # Only what says something new is a question again.
    desk.apply(desk.check([told(标题="第三名称", 申请日="2013.05.28")], source_kind="office"))
    assert {row[0]: (row[2], row[5]) for row in listed()} == {
        "filed_on": (["2013-05-28"], "accepted"),
        "title": (["第三名称"], "open"),
    }


def test_what_is_accepted_is_written_to_the_patent_with_its_source_and_on_record(desk: Desk, patent: Patent) -> None:
    desk.apply(desk.check([told(失效日="2024.05.27", IPC="H04L9/32")], source_kind="office"))
    desk.apply(desk.check([told(失效日="2024.06.27")], source_kind="docket"))
    assert [(row[0], row[4]) for row in listed()] == [("ends_on", 60), ("ipc", 20)]

    decide(desk, "office", "ends_on", "ipc")

    patent.refresh_from_db()
    record = Bibliography.objects.get()
    office = str(Source.objects.get(kind="office").pk)
    assert (patent.ends_on, record.ipc) == (date(2024, 5, 27), ["H04L 9/32"])
    assert (record.sources["ends_on"], record.sources["ipc"]) == (office, office)
    # The docket still says otherwise, as whoever decided saw.
    assert listed()[0] == ("ends_on", ["2024-05-27"], ["2024-05-27"], ["2024-06-27"], 60, "accepted")
    names = list(AuditEvent.objects.order_by("id").values_list("name", flat=True))[-4:]
    assert names == ["patent.edited", "difference.accepted", "patent.edited", "difference.accepted"]


def test_an_undone_file_takes_back_what_it_said_and_not_what_people_decided(desk: Desk, patent: Patent) -> None:
    found = desk.apply(
        desk.check([told(标题="另一名称", 申请日="2013.05.28", 当前法律状态="有效")], source_kind="office")
    )
    decide(desk, "office", "filed_on")

    desk.undo(found)

    patent.refresh_from_db()
    assert (patent.title, patent.filed_on) == ("一种信息处理方法", date(2013, 5, 28))
    assert {row[0]: row[5] for row in listed()} == {"filed_on": "accepted", "title": "settled"}
    assert not OutsideRecord.objects.exists()
    record = Bibliography.objects.get()
    assert (record.office_status, record.sources["title"]) == ("", str(Source.objects.get(kind="own").pk))
    assert "office_status" not in record.sources


def test_whoever_corrects_the_record_settles_a_difference(desk: Desk, patent: Patent) -> None:
    owner = make_organisation("别家公司")
    desk.apply(desk.check([told(标题="另一名称", 申请人="别家公司")], source_kind="office"))

    edit_patent(actor=desk.actor, patent_id=patent.pk, title="另一 名称")
    transfer_patent(
        actor=desk.actor,
        patent_id=patent.pk,
        from_owner_id=desk.firm.pk,
        to_owner_id=owner.pk,
        on=date(2025, 1, 1),
    )

    assert {row[0]: row[5] for row in listed()} == {"owners": "settled", "title": "settled", "applicants": "open"}


@pytest.mark.parametrize(
    ("side", "fields", "options", "problem"),
    [
        ("own", ("title",), {}, InvalidInput),
        ("docket", ("title",), {}, InvalidInput),
        ("office", ("owners",), {}, InvalidInput),
        ("office", ("title", "filed_on"), {"title": 7}, Conflict),
        ("office", (), {}, InvalidInput),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_changes_nothing(
    desk: Desk, patent: Patent, side: str, fields: tuple[str, ...], options: dict[str, Any], problem: type[Exception]
) -> None:
    desk.apply(desk.check([told(标题="另一名称", 申请日="2013.05.28", 申请人="别家公司")], source_kind="office"))
    before, patents = listed(), list(Patent.objects.values())
    events = AuditEvent.objects.count()

    with pytest.raises(problem):
        decide(desk, side, *fields, **options)

    assert (listed(), list(Patent.objects.values()), AuditEvent.objects.count()) == (before, patents, events)


def test_who_does_not_keep_the_record_neither_sees_nor_decides(desk: Desk, patent: Patent) -> None:
    desk.apply(desk.check([told(标题="另一名称")], source_kind="docket"))
    [row] = Difference.objects.all()
    seen = {
        role: Difference.objects.visible_to(actor).count()
        for role, actor in {
            "office": acting(Role.SECRETARIAT, alliance=desk.alliance),
            "counsel": acting(Role.LEGAL, alliance=desk.alliance),
            "other office": acting(Role.SECRETARIAT),
            "rival": acting(Role.MEMBER_ADMIN),
        }.items()
    }
    assert seen == {"office": 1, "counsel": 0, "other office": 0, "rival": 0}

    with pytest.raises(NotFound):
        decide_differences(
            actor=acting(Role.MEMBER_ADMIN),
            decisions=[Decision(difference_id=row.pk, side="own", version=1)],
            reason="why",
        )
    row.refresh_from_db()
    assert row.state == "open"


def test_a_patent_without_a_bibliography_can_be_filled_and_taken_back(desk: Desk, patent: Patent) -> None:
    Bibliography.objects.all().delete()
    found = desk.apply(desk.check([{**OURS, "名称": "另一名称"}]))
    assert Bibliography.objects.get().applicants == ["江汉显示有限公司"]

    desk.undo(found)

    record = Bibliography.objects.get()
    assert (record.applicants, record.abstract, record.sources) == ([], "", {})
    patent.refresh_from_db()
    assert patent.title == "一种信息处理方法"
