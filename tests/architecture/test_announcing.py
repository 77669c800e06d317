"""Whoever has a page open hears that what it shows has changed, or it is said here why not."""

import ast

from tests.architecture.rules import ROOT

NEW = "it is new: nobody has its page open"
MANY = "many at once, which the command line takes in"
TOLD = "whoever it concerns gets a notice"
CONTENTS = "more people know that there is a licence than may know when something of it changes"
SILENT = {
    "licensing/bundles/services.py": {"run": MANY},
    "licensing/agreements/services/changes.py": {
        name: CONTENTS for name in ("record_licence_change", "record_licence_changes", "withdraw_licence_change")
    },
    "licensing/agreements/services/licences.py": {
        name: CONTENTS for name in ("draft_licence", "take_over_licences", "edit_licence", "_step")
    },
    "licensing/agreements/services/money.py": {
        name: CONTENTS
        for name in (
            "raise_charge",
            "raise_charges",
            "cancel_charge",
            "record_receipt",
            "record_receipts",
            "record_bilateral",
            "record_bilaterals",
            "end_bilateral",
            "set_exchange_rate",
            "set_exchange_rates",
        )
    },
    "licensing/close/totals/services.py": {"_release": "reading made it, or the statements' workings did"},
    "licensing/reports/services/filing.py": {"_file": NEW, "_supersede": "announced by who calls it"},
    "licensing/reports/services/reminding.py": {"_remind": TOLD},
    "licensing/terms/services.py": {"open_programme": NEW, "take_over_programme": MANY, "draft_terms": NEW},
    "members/charter/services/reminding.py": {"_remind": TOLD},
    "members/charter/services/versions.py": {"start_charter": NEW},
    "members/memberships/services/founding.py": {"add_member": NEW, "add_members": MANY},
    "pools/composition/services/entries.py": {"enter_patents": MANY},
    "pools/composition/services/members.py": {"add_pool_members": MANY},
    "pools/composition/services/pools.py": {"open_pool": NEW, "take_over_pool": MANY},
    "pools/patents/services.py": {"register_patent": NEW, "register_patents": MANY, "record_owners": MANY},
}


def silent_services() -> dict[str, set[str]]:
    """Return the functions of each file that put a change on record and announce nothing."""
    found: dict[str, set[str]] = {}
    for room in ("licensing", "members", "pools"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(function, ast.FunctionDef):
                    called = {ast.unparse(call.func) for call in ast.walk(function) if isinstance(call, ast.Call)}
                    if "record_event" in called and "announce" not in called:
                        found.setdefault(path.relative_to(ROOT).as_posix(), set()).add(function.name)
    return found


def test_what_changes_is_announced_to_whoever_looks_at_it() -> None:
    assert silent_services() == {path: set(names) for path, names in SILENT.items()}
