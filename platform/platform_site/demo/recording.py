"""The scene about the record of patents: our own list, the office's word and events, the agent's docket, decisions."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Final
from uuid import UUID
from xml.sax.saxutils import escape

from platform_core.connections.services import open_connection, pause_connection
from platform_core.csv_text import csv_bytes
from platform_core.exchange import storage
from platform_core.exchange.services import apply_import, begin_import, check_import, start_import
from platform_site.demo.days import TODAY
from platform_site.demo.dice import Dice
from platform_site.demo.names import MEMBER_OF, MEMBERS
from platform_site.demo.patents import Family, Right, families
from platform_site.demo.people import SECRETARY
from platform_site.demo.stage import Script, Stage
from pools.patents.differences.services import Decision, decide_differences
from pools.patents.models import Difference

RECORDED: Final = 60
"""Of how many Chinese patents more is on record than their numbers and days."""

_SYMBOLS: Final = {
    "coding": ("H04N 19/50", "H04N 19/61"),
    "silicon": ("H10D 86/40", "G09G 3/36"),
    "panel": ("G02F 1/1335", "G02F 1/1333"),
    "dynamic range": ("H04N 19/98", "G06T 5/90"),
    "television": ("H04N 21/41", "H04N 5/64"),
    "network": ("H04L 65/60", "H04N 21/2343"),
    "studio": ("H04N 5/222", "H04N 23/68"),
    "perception": ("G06T 7/00", "H04N 17/00"),
}
_INVENTORS: Final = ("沈砚秋", "罗云舟", "傅清和", "祝南星", "柯望舒", "温知行", "邵听澜", "钟离越")
_AGENCIES: Final = ("江城知远专利代理事务所", "楚望专利代理有限公司")

Row = Mapping[str, str]


class Recording:
    """Plays how the office takes files in and decides the first differences."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._imports: list[UUID] = []

    def plan(self, script: Script) -> None:
        """Plan the scene: at the end of the last day, since taking files in joins many rows with many."""
        script.add(TODAY, "17:30", "patents", self._record)

    def forget_files(self) -> None:
        """Remove the files of imports that did not come on record after all."""
        for import_id in self._imports:
            storage.drop(import_id)

    def _record(self) -> None:
        rows = list(_recorded())
        self._take("江汉专利清单.csv", _table(_own(*row) for row in rows), "own")
        self._take("register-2026-11.csv", _table(_by_office(place, *row) for place, row in enumerate(rows)), "office")
        docket = [_by_agent(place, *row) for place, row in enumerate(rows) if place % 3 == 0]
        self._take("docket-2026-11.csv", _table(docket), "docket")
        self._take("legal-events-2026-11.xml", _events(rows), "office")
        self._decide()
        self._connect()

    def _take(self, name: str, contents: bytes, source_kind: str) -> None:
        actor = self._stage.acting(SECRETARY)
        found = start_import(
            actor=actor,
            alliance_id=self._stage.alliance,
            subject="patents.patent",
            file=BytesIO(contents),
            name=name,
            choices={"source_kind": source_kind},
            in_background=False,
        )
        self._imports.append(found.pk)
        for work in (check_import, apply_import):
            if work is apply_import:
                begin_import(actor=actor, import_id=found.pk, in_background=False)
            work(actor=actor, import_id=found.pk, progress=_quietly)

    def _decide(self) -> None:
        """Take the office's filing date over, and keep a title."""
        for side, field, reason in (
            ("office", "filed_on", ""),
            ("own", "title", "The specification as granted has the title so."),
        ):
            row = Difference.objects.filter(field=field, state="open").order_by("pk").first()
            if row is None:
                raise LookupError(f"no {field} is said otherwise")
            decide_differences(
                actor=self._stage.acting(SECRETARY),
                decisions=[Decision(difference_id=row.pk, side=side, version=row.version)],
                reason=reason,
            )

    def _connect(self) -> None:
        """Have the agent's docket taken from a folder each month; EPO waits for an account of the alliance's own."""
        actor, alliance = self._stage.acting(SECRETARY), self._stage.alliance
        open_connection(
            actor=actor,
            alliance_id=alliance,
            kind="file_drop",
            name="代理机构月度案卷",
            settings={"source_kind": "docket"},
            every="month",
            on_day=5,
        )
        office = open_connection(
            actor=actor,
            alliance_id=alliance,
            kind="epo_ops",
            name="欧洲专利局",
            settings={"ask_for": "all", "legal": True},
            secret={"key": "to-be-entered", "secret": "to-be-entered"},
        )
        pause_connection(actor=actor, connection_id=office.pk)


def _quietly(done: int, total: int) -> None:
    """Tell nobody."""


def _recorded() -> Iterable[tuple[Family, Right]]:
    """Yield Chinese patents of all fields, and those that were declared invalid."""
    rights = [(family, right) for family in families() for right in family.rights if right.country == "CN"]
    granted = [(family, right) for family, right in rights if right.granted_on]
    invalid = [row for row in granted if row[1].ended_by == "invalidated"]
    others = [row for row in granted if not row[1].ended_by]
    return [*invalid, *others[:: max(1, len(others) // RECORDED)]][:RECORDED]


def _own(family: Family, right: Right) -> dict[str, str]:
    """What our own list says of a patent."""
    dice = Dice("record", right.numbers.publication)
    first = dice.whole(0, len(_INVENTORS) - 1)
    people = [_INVENTORS[(first + step) % len(_INVENTORS)] for step in range(2)]
    return {
        "公开(公告)号": right.numbers.publication,
        "申请号": f"CN{right.numbers.application}",
        "标题": family.title_zh,
        "标题(翻译)": family.title_en,
        "申请人": "; ".join(_owners(family)),
        "申请日": right.filed_on.isoformat(),
        "发明人": "; ".join(people),
        "代理机构": _AGENCIES[first % 2],
        "IPC": "; ".join(_SYMBOLS[family.field]),
        "权利要求数量": str(8 + first),
        "最早优先权日": family.priority_on.isoformat(),
        "当前法律状态": "",
    }


def _owners(family: Family) -> list[str]:
    held = [holding.member for holding in family.holdings if holding.to_on is None]
    return [MEMBER_OF[member].firm.name_zh for member in held]


def _by_office(place: int, family: Family, right: Right) -> Row:
    """What the office's register says: mostly the same."""
    row = _own(family, right) | {"当前法律状态": "失效" if right.ended_by else "专利权维持"}
    changes: dict[int, Callable[[], Row]] = {
        5: lambda: {"当前法律状态": "未缴年费专利权终止，等恢复"},
        9: lambda: {"当前法律状态": "等年费滞纳金"},
        13: lambda: {"申请人": MEMBERS[-1].firm.name_zh},
        17: lambda: {"申请日": (right.filed_on + timedelta(days=1)).isoformat()},
        21: lambda: {"标题": f"{family.title_zh}及系统"},
        26: lambda: {"IPC": _SYMBOLS[family.field][0]},
    }
    return {**row, **changes.get(place, dict)()}


def _by_agent(place: int, family: Family, right: Right) -> Row:
    """What the outside agent's docket says: every third patent, one of them otherwise."""
    row = _own(family, right) | {"当前法律状态": "失效" if right.ended_by else "专利权维持"}
    return {**row, "权利要求数量": "7"} if place == 12 else row


def _table(rows: Iterable[Row]) -> bytes:
    lines = list(rows)
    return csv_bytes(list(lines[0]), [list(row.values()) for row in lines])


def _events(rows: Iterable[tuple[Family, Right]]) -> bytes:
    members = "".join(_member(place, family, right) for place, (family, right) in enumerate(rows))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ops:world-patent-data xmlns="http://www.epo.org/exchange" '
        f'xmlns:ops="http://ops.epo.org"><ops:patent-family>{members}</ops:patent-family></ops:world-patent-data>'
    ).encode()


def _member(place: int, family: Family, right: Right) -> str:
    number, granted_on = right.numbers.publication, right.granted_on or right.published_on
    told = [_event("PB01", "PUBLICATION", right.published_on), _event("GR01", "PATENT GRANT", granted_on)]
    if right.ended_by == "invalidated" and right.ends_on:
        told.append(_event("IW01", "FULL INVALIDATION OF PATENT RIGHT", date(2026, 5, 20)))
    for former, holder in zip(family.holdings, family.holdings[1:], strict=False):
        if holder.from_on and former.to_on == holder.from_on:
            told.append(
                _event("TR01", "TRANSFER OF PATENT RIGHT", holder.from_on, L509=MEMBER_OF[holder.member].firm.name_zh)
            )
    if place == 30:
        told.append(
            _event(
                "CF01",
                "TERMINATION OF PATENT RIGHT DUE TO NON-PAYMENT OF ANNUAL FEE",
                date(2026, 10, 9),
                L525="20260310",
            )
        )
    if place % 11 == 4:
        told.append(_event("PE01", "ENTRY INTO FORCE OF PLEDGE", date(2026, 3, 6)))
    return (
        f'<ops:family-member family-id="{family.code}"><publication-reference><document-id document-id-type="docdb">'
        f"<country>CN</country><doc-number>{number[2:-1]}</doc-number><kind>{number[-1]}</kind>"
        f"<date>{granted_on:%Y%m%d}</date></document-id></publication-reference>{''.join(told)}</ops:family-member>"
    )


def _event(code: str, text: str, on: date, **told: str) -> str:
    fields = "".join(f"<ops:{name}EP>{escape(value)}</ops:{name}EP>" for name, value in told.items())
    return (
        f'<ops:legal code="{code}" desc="{text}"><ops:L001EP>CN</ops:L001EP><ops:L007EP>{on.isoformat()}</ops:L007EP>'
        f"{fields}</ops:legal>"
    )
