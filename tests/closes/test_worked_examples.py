"""Single rules worked out by hand: small bundles whose every amount a reader can check with pencil and paper."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.closes.engine_outputs import engine_close
from tests.closes.oracle import OracleClose, oracle_close

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


EXAMPLES = [
    # 100 units at 0, the next 50 at 2; January takes all of the free band, February meets only paid units.
    Example(
        "bands are filled in the order of months",
        '[[rates]]\nid = "b"\nbands = [{above = 0, per_unit = "0"}, {above = 100, per_unit = "2"}]\n',
        [sale("02", 40), sale("01", 110)],
        {"L1": 10000},
        royalties=[20_000_000 * 100, 80_000_000 * 100],
    ),
    # U = 0, V = 150: 50 paid units cost 100.00, split over two buckets by units 30 : 120.
    Example(
        "a month's bands are split over its buckets by units",
        '[[rates]]\nid = "b"\nbands = [{above = 0, per_unit = "0"}, {above = 100, per_unit = "2"}]\n',
        [sale("01", 30, product="a"), sale("01", 120, product="b")],
        {"L1": 10000},
        royalties=[2_000_000_000, 8_000_000_000],
    ),
    # A group shares the free band; from March L2 counts with itself: 100 free units of its own, the group keeps its 90.
    Example(
        "what was sold under a group stays with it when a licence leaves",
        FREE_100,
        [
            sale("01", 50),
            sale("02", 40, licence="L2"),
            sale("03", 100, licence="L2"),
            sale("03", 30),
        ],
        {"L1": 2000, "L2": 0},
        licences=["L1,One,G,,,,standard,", "L2,Two,G,,,,standard,"],
        more={"licence_changes.csv": ["L2,2025-03,,Two,"]},
    ),
    # With scope licence each has its own free band: L1 80 free, L2 140 - 100 = 40 paid.
    Example(
        "with scope licence every licence has its own bands",
        FREE_100 + 'scope = "licence"\n',
        [sale("01", 80), sale("02", 140, licence="L2")],
        {"L1": 0, "L2": 4000},
        licences=["L1,One,G,,,,standard,", "L2,Two,G,,,,standard,"],
    ),
    # 70 units of 2024 and 80 of January pass the threshold of 100 by 50.
    Example(
        "a rate that never resets counts the years before",
        FREE_100 + 'reset = "never"\n',
        ["L1,2024-07,tv,CN,CN,70,,CNY", sale("01", 80)],
        {"L1": 5000},
    ),
    Example(
        "a rate that resets forgets the years before",
        FREE_100,
        ["L1,2024-07,tv,CN,CN,70,,CNY", sale("01", 80)],
        {"L1": 0},
    ),
    # 100 is not more than 100, so January bears the first fee only; the highest month raises it once, to 30.
    Example(
        "steps bear the difference when a month passes a threshold",
        '[[rates]]\nid = "s"\nmeasure = "peak"\nsteps = [{above = 0, fee = "10"}, {above = 100, fee = "30"}]\n',
        [sale("01", 100), sale("02", 101), sale("03", 101), sale("04", 50)],
        {"L1": 3000},
        royalties=[10_000_000 * 100, 20_000_000 * 100, 0, 0],
    ),
    Example(
        "steps of a sum",
        '[[rates]]\nid = "s"\nsteps = [{above = 50, fee = "10"}, {above = 100, fee = "30"}]\n',
        [sale("01", 50), sale("02", 1), sale("03", 50)],
        {"L1": 3000},
        royalties=[0, 1_000_000_000, 2_000_000_000],
    ),
    # Weighted 10 + 0.5 * 20 = 20 units at 1.00 are split 10 : 10; a product of weight 0 bears nothing.
    Example(
        "weights of products",
        PER_UNIT + 'product_weights = { b = "0.5", c = "0" }\n',
        [sale("01", 10, product="a"), sale("01", 20, product="b"), sale("01", 99, product="c")],
        {"L1": 2000},
        royalties=[1_000_000_000, 1_000_000_000, 0],
    ),
    # A quarter's 90.00 is due in its first month with a bucket, by units 1 : 2; a nil report is a bucket too.
    Example(
        "a flat amount falls due in the first month of its span",
        '[[rates]]\nid = "f"\nflat = "90"\nflat_per = "quarter"\n',
        [
            sale("02", 1, product="a"),
            sale("02", 2, product="b"),
            sale("03", 7),
            sale("05", 0, product="a"),
            sale("06", 9),
        ],
        {"L1": 18000},
        royalties=[3_000_000_000, 9_000_000_000, 6_000_000_000, 0, 0],
    ),
    Example(
        "a flat amount that an earlier period has borne is not borne again",
        '[[rates]]\nid = "f"\nflat = "90"\nflat_per = "half"\n',
        [sale("02", 1), sale("05", 5)],
        {"L1": 0},
        period="2025Q2",
    ),
    # Line by line: 1 unit at 10.00 is lifted to 0.50, 1 unit at 1000.00 stays at 10.00 (1 %), then cut to 3.00.
    Example(
        "floors and ceilings work on lines, not on averages",
        '[[rates]]\nid = "p"\npercent = "1"\nfloor_per_unit = "0.50"\nceiling_per_unit = "3"\n',
        [sale("01", 1, "10"), sale("01", 1, "1000")],
        {"L1": 350},
    ),
    # 2 sold for 10.00 bear 2 * 0.50; 1 returned for 5.00 gives 0.50 back; a price credit of 2.00 gives back 0.02.
    Example(
        "returns are worked out with their signs turned and price credits without floors",
        '[[rates]]\nid = "p"\npercent = "1"\nfloor_per_unit = "0.50"\n',
        [sale("01", 2, "10"), sale("01", -1, "-5"), sale("01", 0, "-2"), sale("01", 0, "0")],
        {"L1": 48},
    ),
    Example(
        "credits never make a bucket negative",
        '[[rates]]\nid = "p"\npercent = "1"\nceiling_per_unit = "0"\n',
        [sale("01", 2, "10"), sale("01", 0, "-2")],
        {"L1": 0},
    ),
    # Families F1 (CN and US together) and F2 count, F3 is not yet granted: 2 * 0.4 % of 1000.00, below the ceiling.
    Example(
        "a percentage for each family counts families of all owners once",
        '[[rates]]\nid = "q"\npercent_per_patent = "0.4"\npercent_ceiling = "1"\n',
        [sale("03", 1, "1000", where="CN,US")],
        {"L1": 800},
        patents=[
            "P1,F1,A,CN,2001-01-01,,,,,*,",
            "P2,F1,B,US,2001-01-01,,,,,*,",
            "P3,F2,B,US,2001-01-01,,,,,tv|phone,",
            "P4,F3,C,US,2025-03-02,,,,,*,",
            "P5,F4,C,DE,2001-01-01,,,,,*,",
            "P6,F5,C,US,2001-01-01,,,,,phone,",
        ],
    ),
    # 3 USD a unit at 7.1 settled in yen, which has no decimals: 10 * 3 * 7.1 = 213.
    Example(
        "rates in another currency and a settlement currency without decimals",
        '[[rates]]\nid = "u"\nper_unit = "3"\ncurrency = "USD"\n',
        [sale("01", 10)],
        {"L1": 213},
        royalties=[213_000_000],
        currency="JPY",
        more={"fx.csv": ["2025-01,USD,7.1"]},
    ),
    Example(
        "a settlement currency with three decimals",
        PER_UNIT,
        [sale("01", 1)],
        {"L1": 1000},
        currency="KWD",
        payees={"A": 334, "B": 333, "C": 333},
    ),
    Example(
        "half a minor unit goes away from zero",
        '[[rates]]\nid = "u"\nper_unit = "0.005"\n',
        [sale("01", 1)],
        {"L1": 1},
        payees={"A": 1, "B": 0, "C": 0},
    ),
    # Below 100 nothing; at 100 exactly all of it, also what January was let off.
    Example(
        "a waiver that is reached is made up for",
        PER_UNIT + '[[waivers]]\nid = "w"\nbelow_per_year = "100"\n',
        [sale("01", 60), sale("02", 40), sale("03", 5)],
        {"L1": 10500},
        royalties=[0, 10_000_000_000, 500_000_000],
    ),
    Example(
        "a waiver that is not reached lets off all",
        PER_UNIT + '[[waivers]]\nid = "w"\nbelow_per_year = "100"\n',
        [sale("01", 60), sale("02", 39)],
        {"L1": 0},
    ),
    # Category cap 50 leaves 50 + 30; the cap of all, 70, is met in February: 50, then 20.
    Example(
        "caps follow one another on what is left",
        PER_UNIT + '[[caps]]\nid = "tv"\nproducts = ["tv"]\nper_year = "50"\n[[caps]]\nid = "all"\nper_year = "70"\n',
        [sale("01", 80), sale("02", 30, product="phone"), sale("03", 9)],
        {"L1": 7000},
        royalties=[2_000_000_000, 5_000_000_000, 0],
    ),
    # The cap of the compliant sees only April, when the licence has become so.
    Example(
        "a cap counts only the buckets that match it",
        PER_UNIT + '[[caps]]\nid = "c"\nstanding = "compliant"\nper_year = "10"\n',
        [sale("03", 40), sale("04", 40)],
        {"L1": 5000},
        more={"licence_changes.csv": ["L1,2025-04,compliant,,"]},
    ),
    Example(
        "a cap in another currency is converted once, in January",
        PER_UNIT + '[[caps]]\nid = "c"\ncurrency = "USD"\nper_year = "10"\n',
        [sale("05", 400)],
        {"L1": 7000},
        more={"fx.csv": ["2025-01,USD,7", "2025-05,USD,9"]},
    ),
    # The group bore 30 + 20; 100 - 50 is asked of the lowest licence, which here has no sales at all.
    Example(
        "a minimum falls on the lowest licence of the group",
        PER_UNIT + '[[minimums]]\nid = "m"\nper_year = "100"\n',
        [sale("01", 30, licence="L2"), sale("12", 20, licence="L3")],
        {"L1": 5000, "L2": 3000, "L3": 2000},
        licences=["L1,One,G,,,,standard,", "L2,Two,G,,,,standard,", "L3,Three,G,,,,standard,"],
    ),
    Example(
        "a minimum is asked only in a period that holds December",
        PER_UNIT + '[[minimums]]\nid = "m"\nper_year = "100"\n',
        [sale("01", 30)],
        {"L1": 3000},
        period="2025H1",
    ),
    Example(
        "a minimum passes over licences that ended before the year",
        PER_UNIT + '[[minimums]]\nid = "m"\nper_year = "100"\nscope = "licence"\n',
        [sale("01", 30, licence="L2")],
        {"L2": 10000},
        licences=["L1,One,,,,2024-12-31,standard,", "L2,Two,,,,2025-01-31,standard,"],
    ),
    # Charges come on top and are outside the cap.
    Example(
        "charges of one kind and month are one bucket",
        PER_UNIT + '[[caps]]\nid = "c"\nper_year = "10"\n',
        [sale("01", 30)],
        {"L1": 1750},
        royalties=[1_000_000_000, 750_000_000],
        more={"charges.csv": ["L1,2025-01,entry,2.50,CNY", "L1,2025-01,entry,5,CNY", "L1,2026-01,entry,9,CNY"]},
    ),
    # Nothing counts in FR or on the day before the grant; made in CN is enough.
    Example(
        "a bucket bears royalty only where a patent counts",
        PER_UNIT,
        [sale("01", 10, where="FR,FR"), sale("01", 10, where="CN,FR"), sale("02", 10, where="FR,CN")],
        {"L1": 2000},
        head='royalty_bearing = "in_force"',
        patents=["P1,F1,A,CN,2025-01-01,2025-03-01,,,,tv,"],
    ),
    # 8.5 % of 100.00 leaves 91.50; by families A 2, B 1 in CN (F2 heaviest row of A, twice listed).
    Example(
        "families weigh once for each member, at their heaviest row",
        PER_CENT + '[allocation]\nby = "patents"\nclass_weights = { core = "2" }\n',
        [sale("06", 1, "100")],
        {"L1": 10000},
        payees={"~fee": 850, "A": 6100, "B": 3050, "C": 0},
        head='admin_fee_percent = "8.5"',
        patents=[
            "P1,F1,A,CN,2001-01-01,,,,core,*,",
            "P2,F1,A,CN,2001-01-01,,,,side,*,",
            "P3,F1,B,CN,2001-01-01,,,,side,*,",
            "P4,F1,C,US,2001-01-01,,,,core,*,",
        ],
    ),
    Example(
        "publications weigh each, co-owners by their part",
        PER_CENT + '[allocation]\nby = "patents"\ncount = "publications"\n',
        [sale("06", 1, "100")],
        {"L1": 10000},
        payees={"A": 6250, "B": 3750, "C": 0},
        patents=[
            "P1,F1,A,CN,2001-01-01,,,,,*,",
            "P2,F1,A,CN,2001-01-01,,,,,*,0.5",
            "P2,F1,B,CN,2001-01-01,,,,,*,0.5",
            "P3,F1,B,CN,2001-01-01,,,,,*,0.4",
        ],
    ),
    # A: US is major, 2 + 0.5 for each of at most 1 further country = 2.5, times 1; B: 1 + 0.5, times 0.5 = 0.75.
    Example(
        "reach weighs how far a family goes",
        PER_CENT
        + '[allocation]\nby = "patents"\ncount = "reach"\nterritory = "any"\n'
        + 'reach = { base = "1", major_base = "2", major = ["US"], extra = "0.5", extra_max = 1 }\n',
        [sale("06", 1, "130")],
        {"L1": 13000},
        payees={"A": 10000, "B": 3000, "C": 0},
        patents=[
            "P1,F1,A,CN,2001-01-01,,,,,*,0.5",
            "P2,F1,A,US,2001-01-01,,,,,*,",
            "P3,F1,A,DE,2001-01-01,,,,,*,",
            "P4,F2,B,CN,2001-01-01,,,,,*,0.5",
            "P5,F2,B,DE,2001-01-01,,,,,*,0.5",
        ],
    ),
    # February 2024 has 29 days: A all of them, B from the 20th, 10 days: 29 : 10.
    Example(
        "days weigh each day of the month",
        PER_CENT + '[allocation]\nby = "patents"\ntime = "days"\n',
        ["L1,2024-02,tv,CN,CN,1,39,CNY"],
        {"L1": 3900},
        payees={"A": 2900, "B": 1000, "C": 0},
        period="2024-02",
        patents=["P1,F1,A,CN,2001-01-01,,,,,*,", "P2,F2,B,CN,2024-02-20,,,,,*,"],
    ),
    # In both roles: made in CN A 1; sold in US A 1, B 1.
    Example(
        "both countries are added up",
        PER_CENT + '[allocation]\nby = "patents"\nterritory = "both"\n',
        [sale("06", 1, "90", where="CN,US")],
        {"L1": 9000},
        payees={"A": 6000, "B": 3000, "C": 0},
        patents=["P1,F1,A,CN,2001-01-01,,,,,*,", "P2,F1,A,US,2001-01-01,,,,,*,", "P3,F3,B,US,2001-01-01,,,,,*,"],
    ),
    Example(
        "either country is enough, and counts a family once",
        PER_CENT + '[allocation]\nby = "patents"\nterritory = "either"\n',
        [sale("06", 1, "90", where="CN,US")],
        {"L1": 9000},
        payees={"A": 4500, "B": 4500, "C": 0},
        patents=["P1,F1,A,CN,2001-01-01,,,,,*,", "P2,F1,A,US,2001-01-01,,,,,*,", "P3,F3,B,US,2001-01-01,,,,,*,"],
    ),
    # Segment shares 30 : 70; "mid" has nobody and is passed over.
    Example(
        "segments without members are passed over",
        PER_CENT
        + '[allocation]\nby = "segment"\nshares = { down = "30", mid = "900", up = "70" }\n'
        + '[allocation.within]\nby = "equal"\n',
        [sale("06", 1, "100")],
        {"L1": 10000},
        payees={"A": 3500, "B": 3500, "C": 3000},
    ),
    # Half by coverage, which is empty and so stands for the reserve; a quarter to C; a quarter is skipped.
    Example(
        "a split passes over empty branches unless they say otherwise",
        PER_CENT
        + '[allocation]\nby = "split"\nbranches = ['
        + '{ share = "50", to = { by = "coverage", otherwise = { by = "reserve", name = "law" } } }, '
        + '{ share = "25", to = { by = "member", id = "C" } }, '
        + '{ share = "25", to = { by = "coverage" } }]\n',
        [sale("06", 1, "75")],
        {"L1": 7500},
        payees={"A": 0, "B": 0, "C": 2500, "~reserve:law": 5000},
    ),
    Example(
        "a root that is empty leaves its money undistributed",
        PER_CENT + '[allocation]\nby = "equal"\nwhen = { products = ["phone"] }\n',
        [sale("06", 1, "100"), sale("06", 1, "50", product="phone")],
        {"L1": 15000},
        payees={"A": 1667, "B": 1667, "C": 1666, "~undistributed": 10000},
    ),
    # A charge meets a `when` that names it, a minimum none that names products; licences may be named for both.
    Example(
        "a charge can be named by its product, a minimum cannot",
        PER_UNIT
        + '[[minimums]]\nid = "m"\nper_year = "9"\n[allocation]\nby = "member"\nid = "A"\n'
        + 'when = { products = ["~charge:entry", "~minimum:m"], licences = ["L1"] }\n'
        + 'otherwise = { by = "member", id = "B", when = { licences = ["L1"] } }\n',
        [],
        {"L1": 1600},
        payees={"A": 700, "B": 900, "C": 0},
        more={"charges.csv": ["L1,2025-01,entry,7,CNY"]},
    ),
    # C entered on 2 March: it shares from April only.
    Example(
        "members take part from the first month that they see begin",
        PER_CENT,
        [sale("03", 1, "60"), sale("04", 1, "60")],
        {"L1": 12000},
        payees={"A": 5000, "B": 5000, "C": 2000},
        members=["A,up,,,,", "B,up,,,,", "C,up,,2025-03-02,,"],
    ),
    Example(
        "a column of the members may be the weight",
        PER_CENT + '[allocation]\nby = "column"\ncolumn = "spend"\n',
        [sale("06", 1, "100")],
        {"L1": 10000},
        payees={"A": 2500, "B": 7500, "C": 0},
        members=["A,up,,,,0.5", "B,up,,,,1.5", "C,up,,,,"],
    ),
    # 80 : 15 : 5 capped at 40: A 40; of the 60 left B would take 45, so B 40 as well; C takes what is left, 20.
    Example(
        "what a capped member loses is spread again until nobody is above the cap",
        PER_CENT + '[allocation]\nby = "points"\npoints = { A = "80", B = "15", C = "5" }\ncap_percent = "40"\n',
        [sale("06", 1, "100")],
        {"L1": 10000},
        payees={"A": 4000, "B": 4000, "C": 2000},
    ),
    Example(
        "capped members share equally when nobody else is left",
        PER_CENT + '[allocation]\nby = "points"\npoints = { A = "80", B = "20" }\ncap_percent = "40"\n',
        [sale("06", 1, "100")],
        {"L1": 10000},
        payees={"A": 5000, "B": 5000, "C": 0},
    ),
    # A is withheld; B has licensed L1 by itself until 31 May: credited in May, not in June.
    Example(
        "held members are withheld, and a bilateral licence is credited",
        PER_CENT,
        [sale("05", 1, "30"), sale("06", 1, "30")],
        {"L1": 6000},
        payees={"A": 0, "B": 1000, "C": 2000, "~held:A": 2000},
        due={"L1": 5000},
        members=["A,up,yes,,,", "B,up,,,,", "C,down,no,,,"],
        more={"bilaterals.csv": ["L1,B,,2025-05-31"]},
    ),
    Example(
        "charges are not credited, and two licences from one member credit once",
        PER_CENT,
        [sale("05", 1, "30")],
        {"L1": 6000},
        payees={"A": 1000, "B": 2000, "C": 2000},
        due={"L1": 5000},
        more={"bilaterals.csv": ["L1,A,,", "L1,A,2025-01-01,"], "charges.csv": ["L1,2025-05,entry,30,CNY"]},
    ),
    # L1 paid half of 60.00, L2 more than its 30.00, L3 nothing, L4 had nothing to pay.
    Example(
        "only what was collected is paid out",
        PER_CENT,
        [sale("05", 1, "60"), sale("05", 1, "30", licence="L2"), sale("05", 1, "99", licence="L3")],
        {"L1": 6000, "L2": 3000, "L3": 9900},
        payees={"A": 2000, "B": 2000, "C": 2000},
        overpaid={"L2": 100, "L4": 7},
        head='basis = "collected"',
        licences=[f"L{number},Firm {number},,,,,standard," for number in (1, 2, 3, 4)],
        more={"payments.csv": ["L1,40.00", "L1,-10.00", "L2,31", "L4,0.07"]},
    ),
    Example(
        "the date of signature selects the tariff, and no date selects none",
        '[[rates]]\nid = "early"\nsigned_to = "2024-06-30"\nper_unit = "1"\n[[rates]]\nid = "late"\nper_unit = "2"\n',
        [sale("01", 1), sale("01", 1, licence="L2"), sale("01", 1, licence="L3")],
        {"L1": 100, "L2": 200, "L3": 200},
        licences=["L1,One,,2024-06-30,,,standard,", "L2,Two,,2024-07-01,,,standard,", "L3,Three,,,,,standard,"],
    ),
    Example(
        "an option, or none, selects the tariff as of the month",
        '[[rates]]\nid = "none"\noption = [""]\nper_unit = "1"\n[[rates]]\nid = "b"\noption = ["b"]\nper_unit = "2"\n',
        [sale("01", 1), sale("02", 1)],
        {"L1": 300},
        more={"licence_changes.csv": ["L1,2025-02,,,b"]},
    ),
]


Close = Callable[[Path, Path], OracleClose]


def by_engine(bundle: Path, out: Path) -> OracleClose:
    return engine_close(bundle, out)


def by_oracle(bundle: Path, _out: Path) -> OracleClose:
    return oracle_close(bundle)


@pytest.mark.parametrize("close", [by_engine, by_oracle], ids=["engine", "oracle"])
@pytest.mark.parametrize("example", [pytest.param(example, id=example.name) for example in EXAMPLES])
def test_a_rule_gives_what_pencil_and_paper_give(example: Example, close: Close, tmp_path: Path) -> None:
    closed = close(example.write(tmp_path / "bundle"), tmp_path / "out")
    assert closed.rejected == []
    assert {row["licence_id"]: row["royalty_minor"] for row in closed.invoices} == example.invoices
    if example.royalties is not None:
        assert [row["royalty_micros"] for row in closed.royalties] == example.royalties
    if example.due is not None:
        assert {row["licence_id"]: row["due_minor"] for row in closed.invoices} == example.due
    if example.payees is not None:
        assert {row["payee"]: row["amount_minor"] for row in closed.payees} == example.payees
    assert closed.overpaid == example.overpaid
