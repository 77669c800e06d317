"""The roles a seat can hold, and what each of them is tied to."""

from enum import StrEnum
from typing import Final

from django.db import models


class Role(models.TextChoices):
    """What a seat is there to do; what follows from it stands in the policies."""

    SITE_ADMIN = "site_admin", "Site administrator"
    SECRETARIAT = "secretariat", "Secretariat"
    OPERATOR = "operator", "Operator"
    OPERATIONS_HEAD = "operations_head", "Head of operations"
    COMMITTEE = "committee", "Investment committee"
    FINANCE = "finance", "Finance"
    CLOSE_APPROVER = "close_approver", "Approver of closes"
    LEGAL = "legal", "Legal"
    MEMBER_ADMIN = "member_admin", "Member: administrator"
    MEMBER_STAFF = "member_staff", "Member: staff"
    MEMBER_FINANCE = "member_finance", "Member: finance"
    MEMBER_NEGOTIATOR = "member_negotiator", "Member: negotiator"
    PROSPECT = "prospect", "Prospect"
    LICENSEE = "licensee", "Licensee"
    PATENT_AGENT = "patent_agent", "Patent agent"
    ANNUITY_PROVIDER = "annuity_provider", "Annuity provider"
    PLEDGEE_BANK = "pledgee_bank", "Pledgee bank"
    FUND_INVESTOR = "fund_investor", "Fund investor"
    EVALUATOR = "evaluator", "Evaluator"
    EXPERT = "expert", "Expert"
    AUDITOR = "auditor", "Auditor of a licensee"
    CLOSE_AUDITOR = "close_auditor", "Auditor of a close"
    NEUTRAL = "neutral", "Neutral"
    AUTHORITY = "authority", "Authority"


class Purpose(models.TextChoices):
    """What money a finance seat looks after; nobody sees one purpose through another."""

    ROYALTIES = "royalties", "Royalties"
    CUSTODY_DEPOSITS = "custody_deposits", "Custody deposits"
    CASE_COSTS = "case_costs", "Case costs"


class RoleScope(StrEnum):
    """What the assignment of a role names besides the seat."""

    INSTALLATION = "installation"
    ALLIANCE = "alliance"
    OPERATING_ENTITY = "operating_entity"
    ALLIANCE_OR_ENTITY = "alliance_or_entity"
    ORGANISATION = "organisation"
    """Nothing: the organisation of the seat is the scope."""
    ASSIGNMENT = "assignment"
    """Nothing: the role alone opens no object, each one is assigned."""


ROLE_SCOPES: Final[dict[Role, RoleScope]] = {
    Role.SITE_ADMIN: RoleScope.INSTALLATION,
    Role.SECRETARIAT: RoleScope.ALLIANCE,
    Role.OPERATOR: RoleScope.ALLIANCE_OR_ENTITY,
    Role.OPERATIONS_HEAD: RoleScope.ALLIANCE_OR_ENTITY,
    Role.COMMITTEE: RoleScope.OPERATING_ENTITY,
    Role.FINANCE: RoleScope.OPERATING_ENTITY,
    Role.CLOSE_APPROVER: RoleScope.OPERATING_ENTITY,
    Role.LEGAL: RoleScope.ALLIANCE,
    Role.MEMBER_ADMIN: RoleScope.ORGANISATION,
    Role.MEMBER_STAFF: RoleScope.ORGANISATION,
    Role.MEMBER_FINANCE: RoleScope.ORGANISATION,
    Role.MEMBER_NEGOTIATOR: RoleScope.ORGANISATION,
    Role.PROSPECT: RoleScope.ORGANISATION,
    Role.LICENSEE: RoleScope.ORGANISATION,
    Role.PATENT_AGENT: RoleScope.ORGANISATION,
    Role.ANNUITY_PROVIDER: RoleScope.ORGANISATION,
    Role.PLEDGEE_BANK: RoleScope.ORGANISATION,
    Role.FUND_INVESTOR: RoleScope.ORGANISATION,
    Role.EVALUATOR: RoleScope.ASSIGNMENT,
    Role.EXPERT: RoleScope.ASSIGNMENT,
    Role.AUDITOR: RoleScope.ASSIGNMENT,
    Role.CLOSE_AUDITOR: RoleScope.ASSIGNMENT,
    Role.NEUTRAL: RoleScope.ASSIGNMENT,
    Role.AUTHORITY: RoleScope.ALLIANCE,
}

MEMBER_ROLES: Final = frozenset(
    {Role.MEMBER_ADMIN, Role.MEMBER_STAFF, Role.MEMBER_FINANCE, Role.MEMBER_NEGOTIATOR},
)


def roles_of(*scopes: RoleScope) -> list[str]:
    """List the roles with one of these scopes, in a fixed order, for database constraints."""
    return sorted(role.value for role, scope in ROLE_SCOPES.items() if scope in scopes)
