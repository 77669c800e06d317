"""Who gets what was owed: coverage, weights, splits, capped, held and credited members, what was collected."""

from tests.closes.worked.example import PER_CENT, PER_UNIT, Example, sale

SHARED = [
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
