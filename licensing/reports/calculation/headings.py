"""What the columns of a report may be called, and which go beyond what a close counts. Pure."""

from collections.abc import Mapping
from typing import Final

from platform_core.exchange.reading import normalise_heading

LINE_COLUMNS: Final = ("licence_id", "month", "product", "made_in", "sold_in", "units", "net_amount", "currency")
"""The columns of a sales line in the order in which they are stored."""

OPTIONAL_COLUMNS: Final = frozenset({"licence_id", "net_amount"})
"""Columns a file may lack: the report itself names the licence, and amounts matter under percentage rates only."""

DETAIL_COLUMNS: Final = ("brand_or_customer", "model", "first_sold_in", "exclusion_code", "evidence")
"""What a licensee may say of a line besides; it is kept apart from the lines, and no close and no bundle holds it."""

CHINESE: Final[Mapping[str, str]] = {
    "licence_id": "许可编号",
    "month": "月份",
    "product": "产品",
    "made_in": "制造地",
    "sold_in": "销售地",
    "units": "数量",
    "net_amount": "净销售额",
    "currency": "币种",
    "brand_or_customer": "品牌或客户",
    "model": "型号",
    "first_sold_in": "首次销售地",
    "exclusion_code": "扣除代码",
    "evidence": "扣除依据",
}
"""The heading of each column in Chinese, as the template writes it."""

_ALSO: Final[Mapping[str, str]] = {
    "许可合同编号": "licence_id",
    "许可证号": "licence_id",
    "销售月份": "month",
    "年月": "month",
    "产品代码": "product",
    "产品名称": "product",
    "制造国": "made_in",
    "生产地": "made_in",
    "产地": "made_in",
    "销售国": "sold_in",
    "销售国家": "sold_in",
    "台数": "units",
    "件数": "units",
    "销售数量": "units",
    "净额": "net_amount",
    "销售净额": "net_amount",
    "货币": "currency",
    "品牌": "brand_or_customer",
    "客户": "brand_or_customer",
    "产品型号": "model",
    "首次销售国": "first_sold_in",
    "排除代码": "exclusion_code",
    "依据": "evidence",
}

_KNOWN: Final[Mapping[str, str]] = {
    **{normalise_heading(name): name for name in (*LINE_COLUMNS, *DETAIL_COLUMNS)},
    **{normalise_heading(name.replace("_", " ")): name for name in (*LINE_COLUMNS, *DETAIL_COLUMNS)},
    **{normalise_heading(chinese): name for name, chinese in CHINESE.items()},
    **{normalise_heading(chinese): name for chinese, name in _ALSO.items()},
}

KNOWN_HEADINGS: Final = frozenset(_KNOWN)
"""Every heading that is read, without blanks, widths and case."""


def column_named(heading: str) -> str:
    """Return the column a heading stands for, in English or Chinese; the heading itself, where it is none of ours."""
    return _KNOWN.get(normalise_heading(heading), heading)
