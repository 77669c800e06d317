"""What an undertaking hides of an organisation is found along paths that each policy names, or says why it need not."""

from collections.abc import Iterable

from platform_core.access.registry import Audience, Policy, policies
from platform_core.identity.roles import Role

OPEN = {
    "access.AccessLogEntry": "that somebody read something, without what it was that they read",
    "access.Grant": "who was let in to what; what it is, is asked of its own policy",
    "access.StaffSession": "a site administrator's, and no party's",
    "agreements.ExchangeRate": "rates of banks",
    "audit.AuditEvent": "without contents that the reader may not see on the object itself",
    "audit.AuditSeal": "hashes",
    "billing.InvoiceSeries": "rows of numbers",
    "billing.TaxRule": "rates of taxes",
    "charter.Charter": "the same for all members",
    "charter.CharterVersion": "the same for all members",
    "composition.Pool": "the alliance's; what its members bring is hidden on them",
    "composition.PoolEntry": "a list that is to be published; only editing is a role's",
    "conflicts.Affiliation": "what conflicts are worked out from, named with its public source",
    "conflicts.DeclaredTie": "a person's own",
    "conflicts.Undertaking": "a person's own",
    "exchange.SavedMapping": "what columns of tables mean",
    "dealings.ContractTemplate": "clauses, the same for whoever signs",
    "deadlines.DeadlineRun": "counts of days, of nobody in particular",
    "distribution.RateSheet": "rates of exchange, as they are published",
    "distribution.ReferenceRate": "rates of exchange, as they are published",
    "distribution.WithholdingRule": "rates of tax, the same for all members of a country",
    "distribution.PayoutTerms": "days and a smallest amount, the same for all members of a programme",
    "identity.Alliance": "the alliance's own",
    "ledger.BookClosing": "days, of nobody in particular",
    "ledger.BookReopening": "days, of nobody in particular",
    "ledger.Entry": "finance's alone; its lines are hidden with their accounts",
    "identity.OperatingEntity": "the alliance's own",
    "identity.Organisation": "names and codes of a public register; papers leave out by themselves what is hidden",
    "identity.RoleAssignment": "who works for the alliance, whose office has to know",
    "identity.Seat": "who works where",
    "identity.User": "a person's own",
    "jobs.Job": "the seat's own",
    "memberships.MembershipRules": "the alliance's own",
    "messaging.Message": "a person's own, for those who keep the installation",
    "payments.MatchingTerms": "an amount, the same for whoever pays in a currency",
    "payments.StripeAccount": "an operating entity's own, without its secrets",
    "patents.Patent": "what patent offices publish",
    "patents.PatentFamily": "what patent offices publish",
    "signin.ApiToken": "a person's own",
    "signin.Invitation": "who was invited",
    "signin.InvitedRole": "who was invited",
    "signin.Lock": "a person's own",
    "signin.Session": "a person's own",
    "submissions.Call": "the alliance's, and published",
    "reports.EstimateTerms": "what a programme says to all of its licensees",
    "terms.Programme": "the alliance's own; totals have a guard that asks for what is hidden",
    "terms.TermsVersion": "the alliance's own, and published",
    "treasury.BankAccount": "the operating entity's own",
    "treasury.PayoutFile": "counts and sums; what it pays is hidden with its payments",
    "treasury.BankStatement": "finance's alone, as a bank tells it to the operating entity",
    "treasury.StatementLine": "finance's alone, as a bank tells it to the operating entity",
    "webhooks.Webhook": "the seat's own",
}
"""What is no organisation's confidential data, though roles open it, and why."""


def without_owners(found: Iterable[Policy]) -> set[str]:
    """Return the kinds of things that some role opens, though no path leads from them to an organisation."""
    return {
        policy.model._meta.label
        for policy in found
        if not policy.owners
        and any(isinstance(who, Role) or who is Audience.STAFF for rule in policy.rules for who in rule.who)
    }


def test_whatever_a_role_opens_can_be_hidden_or_says_why_it_is_no_secret() -> None:
    assert without_owners(policies()) == set(OPEN)


def test_a_policy_that_names_no_owners_is_found() -> None:
    membership = next(policy for policy in policies() if policy.model._meta.label == "memberships.Membership")
    planted = Policy(membership.model, read=membership.read, rules=membership.rules)
    assert without_owners([membership]) == set()
    assert without_owners([planted]) == {"memberships.Membership"}
