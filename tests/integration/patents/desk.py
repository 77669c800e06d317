"""An alliance whose office takes files of patents in, and what the files say."""

import csv
import io
from typing import Any

from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.exchange import services
from platform_core.exchange.models import Import
from platform_core.identity.models import Alliance, Organisation
from tests.factories.core import clock_at, make_alliance, make_organisation

GRANTED = {
    "申请号": "CN201310199708.X",
    "公开（公告）号": "CN103294796B",
    "公开（公告）日": "2016.05.04",
    "申请日": "2013.05.27",
    "名称": "一种信息处理方法",
    "主分类号": "G06F17/30(2006.01)I",
    "申请（专利权）人": "江汉显示有限公司;沧澜大学",
    "发明（设计）人": "沈砚秋;罗云舟",
    "主权项": "一种方法，其特征在于……",
}
LAID_OPEN = {**GRANTED, "公开（公告）号": "CN103294796A", "公开（公告）日": "2013.09.11"}
MODEL = {
    **GRANTED,
    "申请号": "CN201020157600.6",
    "公开（公告）号": "CN201690605U",
    "公开（公告）日": "2011.01.01",
    "申请日": "2010.04.13",
    "名称": "一种背光模组",
}
WRONG = {**MODEL, "申请号": "20102015760", "公开（公告）号": ""}


def quietly(done: int, total: int) -> None:
    """Tell nobody."""


class Desk:
    """An alliance whose office takes files in."""

    def __init__(self) -> None:
        self.alliance: Alliance = make_alliance("uhd", association=make_organisation("协会"))
        self.firm: Organisation = make_organisation("江汉显示有限公司")
        self.actor = Actor.system(COMMAND_LINE, clock=clock_at())

    def check(self, rows: list[dict[str, str]], **choices: Any) -> Import:
        """Bring a table in and have it read."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return self.check_file(text.getvalue().encode(), "../list.csv", **choices)

    def check_file(self, contents: bytes, name: str, **choices: Any) -> Import:
        """Bring a file in and have it read."""
        found = services.start_import(
            actor=self.actor,
            alliance_id=self.alliance.pk,
            subject="patents.patent",
            file=io.BytesIO(contents),
            name=name,
            choices=choices,
            in_background=False,
        )
        return services.check_import(actor=self.actor, import_id=found.pk, progress=quietly)

    def apply(self, found: Import) -> Import:
        """Have a file that was read taken in."""
        services.begin_import(actor=self.actor, import_id=found.pk, in_background=False)
        return services.apply_import(actor=self.actor, import_id=found.pk, progress=quietly)

    def undo(self, found: Import) -> Import:
        """Have taken back what a file brought."""
        services.begin_undoing(actor=self.actor, import_id=found.pk, in_background=False)
        return services.undo_import(actor=self.actor, import_id=found.pk, progress=quietly)
