"""What licensees owe: rates, weights, credits, waivers, caps, minimums and charges."""

from tests.closes.worked.example import FREE_100, PER_UNIT, Example, sale

OWED = [
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
]
