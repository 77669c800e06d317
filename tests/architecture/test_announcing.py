"""Whoever has a page open hears that what it shows has changed, or it is said here why not."""

import ast

from tests.architecture.rules import ROOT

NEW = "it is new: nobody has its page open"
MANY = "many at once, which the command line takes in"
TOLD = "whoever it concerns gets a notice"
SILENT = {
    "licensing/bundles/services.py": {"run": MANY},
    "licensing/agreements/services/changes.py": {"record_licence_changes": MANY},
    "licensing/agreements/services/licences.py": {"draft_licence": NEW, "take_over_licences": MANY},
    "licensing/agreements/services/money.py": {
        name: MANY for name in ("raise_charges", "record_receipts", "record_bilaterals", "set_exchange_rates")
    },
    "licensing/dealings/services/templates.py": {"publish_template": NEW},
    "licensing/direct/services/drafting.py": {"draft_direct_licence": NEW},
    "licensing/openlicences/services/drafting.py": {"draft_declaration": NEW},
    "licensing/billing/services/settling.py": {
        name: "the invoice is announced where its settlement is written"
        for name in ("_settle", "set_off", "take_settlement_back")
    },
    "licensing/billing/services/planning.py": {"_end": "announced by who calls it"},
    "licensing/billing/services/writing_off.py": {"_end": "announced by who calls it"},
    "licensing/payments/services/booking.py": {"_book": "the invoice it settles is announced where that is written"},
    "licensing/close/totals/services.py": {"_release": "reading made it, or the statements' workings did"},
    "licensing/reports/services/filing.py": {
        "file_checked": "announced by _tell",
        "supersede_checked": "announced by _tell",
    },
    "licensing/reports/services/reminding.py": {"_remind": TOLD},
    "licensing/terms/services.py": {"open_programme": NEW, "take_over_programme": MANY, "draft_terms": NEW},
    "members/charter/services/versions.py": {"start_charter": NEW},
    "members/memberships/services/founding.py": {"add_member": NEW, "add_members": MANY},
    "pools/composition/services/entries.py": {"enter_patents": MANY},
    "pools/composition/services/members.py": {"add_pool_members": MANY},
    "pools/composition/services/pools.py": {"open_pool": NEW, "take_over_pool": MANY},
    "pools/upkeep/services/calendars.py": {"import_office_calendar": NEW},
    "pools/asking/services/asking.py": {"ask_for_licence": NEW},
    "pools/asking/services/forgetting.py": {"forget_askers": "what is dropped nobody has seen yet"},
    "pools/upkeep/services/orders.py": {"open_payment_order": NEW},
    "pools/submissions/services/panels.py": {
        "appoint_panel": "the step of its submission is announced by what takes it"
    },
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


def announced_besides() -> set[str]:
    """Return what is announced, by file, where something else is put on record and nothing says who may hear of it."""
    found = set()
    for room in ("licensing", "members", "pools", "platform"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                calls = [call for call in ast.walk(function) if isinstance(call, ast.Call)]
                if isinstance(function, ast.FunctionDef):
                    recorded = {word for call in calls if called(call, "record_event") for word in subject_of(call)}
                    told = {
                        ast.unparse(name)
                        for call in calls
                        if called(call, "announce") and not call.keywords
                        for name in call.args
                    }
                    if recorded and told - recorded:
                        found |= {f"{path.relative_to(ROOT).as_posix()} {name}" for name in told - recorded}
    return found


def called(call: ast.Call, name: str) -> bool:
    return ast.unparse(call.func) == name


def subject_of(call: ast.Call) -> set[str]:
    return {ast.unparse(word.value) for word in call.keywords if word.arg == "subject"}


def test_whoever_hears_that_a_thing_changed_may_know_what_did() -> None:
    """Where a paper is put on record and its thing is announced, it is said that the paper is what changed."""
    assert announced_besides() == set()
