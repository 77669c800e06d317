"""A small bundle in a few lines, and what comes out of it."""

from dataclasses import dataclass, field
from pathlib import Path

HEADERS = {
    "members.csv": "member_id,segment,held,enters,leaves,spend",
    "patents.csv": "publication,family,owner,country,granted,ends,enters,leaves,class,products,share",
    "licences.csv": "licence_id,licensee,enterprise,signed,starts,ends,standing,option",
    "sales.csv": "licence_id,month,product,made_in,sold_in,units,net_amount,currency",
    "licence_changes.csv": "licence_id,from,standing,enterprise,option",
    "charges.csv": "licence_id,month,kind,amount,currency",
    "bilaterals.csv": "licence_id,member_id,starts,ends",
    "fx.csv": "month,currency,rate",
    "payments.csv": "licence_id,amount",
}


@dataclass
class Example:
    """A bundle in a few lines and what comes out of it, in minor units (royalties: micros, in key order)."""

    name: str
    terms: str
    sales: list[str]
    invoices: dict[str, int]
    payees: dict[str, int] | None = None
    royalties: list[int] | None = None
    due: dict[str, int] | None = None
    overpaid: dict[str, int] = field(default_factory=dict)
    period: str = "2025"
    currency: str = "CNY"
    head: str = ""
    licences: list[str] = field(default_factory=lambda: ["L1,One,,,,,standard,"])
    members: list[str] = field(default_factory=lambda: ["A,up,,,,", "B,up,,,,", "C,down,,,,"])
    patents: list[str] = field(default_factory=list)
    more: dict[str, list[str]] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        folder.mkdir()
        head = f'[programme]\nid = "E"\ncurrency = "{self.currency}"\nperiod = "{self.period}"\n{self.head}\n'
        text = head + self.terms + ("" if "allocation" in self.terms else '\n[allocation]\nby = "equal"\n')
        (folder / "programme.toml").write_text(text, encoding="utf-8")
        tables = {
            "members.csv": self.members,
            "patents.csv": self.patents,
            "licences.csv": self.licences,
            "sales.csv": self.sales,
            **self.more,
        }
        for file, rows in tables.items():
            (folder / file).write_text("\n".join([HEADERS[file], *rows]) + "\n", encoding="utf-8")
        return folder


PER_CENT = '[[rates]]\nid = "p"\npercent = "100"\n'
FREE_100 = '[[rates]]\nid = "b"\nbands = [{above = 0, per_unit = "0"}, {above = 100, per_unit = "1"}]\n'
PER_UNIT = '[[rates]]\nid = "u"\nper_unit = "1"\n'


def sale(
    month: str, units: int, net: str = "", *, licence: str = "L1", product: str = "tv", where: str = "CN,CN"
) -> str:
    return f"{licence},2025-{month},{product},{where},{units},{net},CNY"
