"""The page that says who may do what comes from the declarations that decide."""

from pathlib import Path

from platform_core.access.matrix import matrix, matrix_as_markdown
from platform_core.access.registry import policies

PAGE = Path(__file__).resolve().parents[3] / "docs" / "access.md"


def test_the_page_says_what_the_policies_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == matrix_as_markdown(), "run: make matrix"


def test_every_permission_of_every_rule_is_on_it() -> None:
    written = {(line.kind, line.permission) for line in matrix()}
    declared = {
        (policy.model._meta.label, permission.name)
        for policy in policies()
        for rule in policy.rules
        for permission in rule.may
    }
    assert written == declared
    assert ("identity.Organisation", "organisation.assign_site_role") in written


def test_a_site_administrator_has_no_standing_right_to_business_data() -> None:
    kinds = {line.kind for line in matrix() if line.who == "Site administrator"}
    # Its own sessions, heads that tell nothing of what they cover, the rules that all memberships follow, and, as part
    # of looking after users, what takes roles from them: ties to organisations, and undertakings.
    assert {kind for kind in kinds if not kind.startswith(("identity.", "signin.", "messaging."))} == {
        "access.StaffSession",
        "audit.AuditSeal",
        "conflicts.Affiliation",
        "conflicts.DeclaredTie",
        "conflicts.Undertaking",
        "memberships.MembershipRules",
    }
