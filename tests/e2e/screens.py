"""Every screen there is, for the tests that look at all of them and for pictures of them."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext

from tests.e2e.people import (
    ACCOUNTANT,
    APPLICANT,
    AUDITOR,
    BILLED,
    CLOSE_AUDITOR,
    EVALUATOR,
    HEAD_OF_FINANCE,
    LICENSEE,
    MEMBER,
    MEMBER_FINANCE,
    PROSPECT,
    SECRETARY,
    SITE_ADMIN,
    TREASURER,
    TWO_SEATS,
)


@dataclass(frozen=True, slots=True)
class Screen:
    """A page and somebody who works with it; `{…}` in its address stands for the first such thing they see."""

    name: str
    address: str
    email: str | None = SECRETARY
    press: tuple[str, str] = ("", "")
    """A button, in Chinese and in English, that opens what is to be looked at."""


SCREENS = (
    Screen("sign-in", "/sign-in", None),
    Screen("reset", "/sign-in/reset", None),
    Screen("home-office", "/"),
    Screen("home-applicant", "/", APPLICANT),
    Screen("home-finance", "/", ACCOUNTANT),
    Screen("home-member", "/", MEMBER),
    Screen("organisations", "/organisations"),
    Screen("organisation", "/organisations/{organisations}"),
    Screen("members", "/members"),
    Screen("member", "/members/{memberships}"),
    Screen("member-applied", "/members/{memberships?state=applied}"),
    Screen("member-to-admit", "/members/{memberships?state=under_review}"),
    Screen("member-suspended", "/members/{memberships?state=suspended}"),
    Screen("member-left", "/members/{memberships?state=left}?tab=authorities"),
    Screen("member-papers", "/members/{memberships?state=applied}?tab=papers", APPLICANT),
    Screen("seats", "/seats"),
    Screen("alliances", "/alliances"),
    Screen("alliance", "/alliances/{alliances}"),
    Screen("distributions", "/distributions", HEAD_OF_FINANCE),
    Screen("distribution-statements", "/distribution-statements", MEMBER_FINANCE),
    Screen("closes", "/closes", HEAD_OF_FINANCE),
    Screen("close-to-approve", "/closes/{close-runs?status=calculated}", HEAD_OF_FINANCE),
    Screen("close-explained", "/closes/{close-runs?status=posted}?tab=explain", HEAD_OF_FINANCE),
    Screen("close-refused", "/closes/{close-runs?status=draft}", ACCOUNTANT),
    Screen("approvals", "/approvals", TREASURER),
    Screen("approval", "/approvals/{approval-sheets?status=calculated}", TREASURER),
    Screen("books", "/books", ACCOUNTANT),
    Screen("books-entries", "/books?tab=entries", ACCOUNTANT),
    Screen("books-balance", "/books?tab=balance", ACCOUNTANT),
    Screen("books-closings", "/books?tab=closings", ACCOUNTANT),
    Screen("ledger-account", "/ledger-accounts/{ledger-accounts}", ACCOUNTANT),
    Screen("ledger-entry", "/ledger-entries/{ledger-entries}", ACCOUNTANT),
    Screen("books-own", "/books", MEMBER_FINANCE),
    Screen("treasury", "/treasury", ACCOUNTANT),
    Screen("treasury-accounts", "/treasury?tab=accounts", ACCOUNTANT),
    Screen("treasury-payouts", "/treasury?tab=payouts", ACCOUNTANT),
    Screen("treasury-payees", "/treasury?tab=payees", ACCOUNTANT),
    Screen("payee-accounts", "/payee-accounts", MEMBER_FINANCE),
    Screen("treasury-statements", "/treasury?tab=statements", ACCOUNTANT),
    Screen("bank-account", "/bank-accounts/{bank-accounts}", ACCOUNTANT),
    Screen("bank-account-columns", "/bank-accounts/{bank-accounts}?tab=columns", ACCOUNTANT),
    Screen("statement-line", "/statement-lines/{statement-lines}", ACCOUNTANT),
    Screen("receipts", "/receipts", ACCOUNTANT),
    Screen("receipts-prepaid", "/receipts?tab=prepaid", ACCOUNTANT),
    Screen("receipts-online", "/receipts?tab=online", ACCOUNTANT),
    Screen("receipts-terms", "/receipts?tab=terms", ACCOUNTANT),
    Screen("reconciliation", "/receipts?tab=reconciliation", ACCOUNTANT),
    Screen("pay-invoice", "/invoices/{invoices?payment=open}/pay", BILLED),
    Screen("invoices", "/invoices", ACCOUNTANT),
    Screen("invoice-to-write-off", "/invoices/{invoices?payment=overdue}", HEAD_OF_FINANCE),
    Screen("invoices-ageing", "/invoices?tab=ageing", ACCOUNTANT),
    Screen("billing-terms", "/billing?tab=terms", ACCOUNTANT),
    Screen("invoices-own", "/invoices", BILLED),
    Screen("audits", "/audits", ACCOUNTANT),
    Screen("audit-clauses", "/audits?tab=clauses", ACCOUNTANT),
    Screen("statement", "/statements/{statements}", MEMBER_FINANCE),
    Screen("statement-workings", "/statements/{statements}?tab=workings", MEMBER_FINANCE),
    Screen("statement-patents", "/statements/{statements}?tab=patents", MEMBER_FINANCE),
    Screen("programme", "/programmes/{programmes}", LICENSEE),
    Screen("programme-terms", "/programmes/{programmes}?tab=terms"),
    Screen("terms-version", "/terms-versions/{terms-versions}"),
    Screen("terms-version-read", "/terms-versions/{terms-versions}", MEMBER_FINANCE),
    Screen("programme-simulator", "/programmes/{programmes}?tab=simulator", HEAD_OF_FINANCE),
    Screen("programme-simulator-own", "/programmes/{programmes}?tab=simulator", LICENSEE),
    Screen("programme-missing", "/programmes/{programmes}?tab=missing"),
    Screen("programme-totals", "/programmes/{programmes}?tab=totals", MEMBER_FINANCE),
    Screen("pool", "/pools/{pools}", MEMBER),
    Screen("patents", "/patents", MEMBER),
    Screen("imports", "/imports"),
    Screen("connections", "/connections"),
    Screen("connection", "/connections/{connections?kind=file_drop}"),
    Screen("patent", "/patents/{patents}", MEMBER),
    Screen("patent-record", "/patents/{patents?publication=CN177877880B}?tab=about"),
    Screen("patent-status", "/patents/{patents?publication=CN177877880B}?tab=status"),
    Screen("portfolio", "/patents/portfolio", MEMBER),
    Screen("differences", "/differences?state=open"),
    Screen("patent-to-evaluate", "/patents/{patents?publication=US21184747B2}", EVALUATOR),
    Screen("deadlines", "/deadlines", MEMBER),
    Screen("deadlines-fees", "/deadlines?tab=fees", MEMBER),
    Screen("deadlines-calendar", "/deadlines?tab=calendar", MEMBER),
    Screen("deadlines-days", "/deadlines?tab=runs"),
    Screen("deadline", "/deadlines/{deadlines}", MEMBER),
    Screen("patent-annuities", "/patents/{patents?publication=CN163669110B}?tab=annuities", MEMBER),
    Screen("payment-orders", "/payment-orders", MEMBER),
    Screen("submissions", "/submissions"),
    Screen("call", "/calls/{calls}", MEMBER),
    Screen("submission", "/submissions/{submissions?state=in_evaluation}?tab=panel"),
    Screen("opinion", "/submissions/{submissions?state=in_evaluation}?tab=opinions", EVALUATOR),
    Screen("patent-charts", "/patents/{patents?publication=KR1020240846306A}?tab=charts", MEMBER),
    Screen("claim-chart-draft", "/claim-charts/{claim-charts?state=draft}", MEMBER),
    Screen("claim-chart", "/claim-charts/{claim-charts}"),
    Screen("licence-requests", "/licence-requests", MEMBER),
    Screen("licence-request", "/licence-requests/{licence-requests}", MEMBER),
    Screen("asking", "/asking", None),
    Screen("ask-owner", "/asking/{pools}", None),
    Screen("list-version", "/list-versions/{list-versions}?tab=changes", MEMBER),
    Screen("charters", "/charters"),
    Screen("charter", "/charters/{charters}"),
    Screen("charter-text", "/charter-versions/{charter-versions?state=published}", MEMBER),
    Screen("charter-signed", "/charter-versions/{charter-versions?state=published}?tab=signed"),
    Screen("charter-missing", "/charter-versions/{charter-versions?state=published}?tab=missing"),
    Screen("charter-draft", "/charter-versions/{charter-versions?state=draft}"),
    Screen("invitations", "/invitations"),
    Screen("dealings", "/dealings"),
    Screen("dealings-own", "/dealings", PROSPECT),
    Screen("dealing-apply", "/dealings/new", PROSPECT),
    Screen("dealing-offered", "/dealings/{dealings?state=in_talks}", PROSPECT),
    Screen("dealing-office", "/dealings/{dealings?state=in_talks}"),
    Screen("dealing-contract", "/dealings/{dealings?state=signed}?tab=contract"),
    Screen("contract-templates", "/contract-templates"),
    Screen("licences", "/licences"),
    Screen("licence", "/licences/{licences}", LICENSEE),
    Screen("licence-filed", "/licences/{licences}?tab=filed"),
    Screen("reports", "/reports", LICENSEE),
    Screen("reports-signers", "/reports?tab=signers", HEAD_OF_FINANCE),
    Screen("report-new", "/reports/new", LICENSEE),
    Screen("licence-to-audit", "/licences/{licences}?tab=reports", AUDITOR),
    Screen("close-to-audit", "/closes/{close-runs}", CLOSE_AUDITOR),
    Screen("sign-in-locks", "/sign-in-locks", SITE_ADMIN),
    Screen("conflicts", "/conflicts"),
    Screen("affiliations", "/conflicts?tab=affiliations"),
    Screen("undertakings", "/conflicts?tab=undertakings"),
    Screen("role-plan", "/alliances/{alliances}?tab=plan"),
    Screen("staff-sessions", "/staff-sessions", SITE_ADMIN),
    Screen("staff-sessions-told", "/staff-sessions", MEMBER),
    Screen("access-log", "/access-log", MEMBER),
    Screen("account-webhooks", "/account?tab=webhooks", MEMBER),
    Screen("audit", "/audit"),
    Screen("account", "/account"),
    Screen("account-security", "/account?tab=security"),
    Screen("account-sessions", "/account?tab=sessions"),
    Screen("account-tokens", "/account?tab=tokens"),
    Screen("gone", "/no/such/page"),
)

_POSTED = "/closes/{close-runs?status=posted}"

MORE = (
    Screen("dealing-application", "/dealings/{dealings?state=in_talks}?tab=applied"),
    Screen("dealing-offer", "/dealings/{dealings?state=in_talks}", PROSPECT, ("接受报价", "Accept the offer")),
    Screen("dealing-seal", "/dealings/{dealings?state=signed}", SECRETARY, ("审批用印", "Decide on the seal")),
    Screen("template-publish", "/contract-templates", SECRETARY, ("发布模板", "Publish a template")),
    Screen("home-prospect", "/", PROSPECT),
    Screen("connection-office", "/connections/{connections?kind=epo_ops}"),
    Screen("connection-new", "/connections", SECRETARY, ("新建连接", "New connection")),
    Screen("close-done", _POSTED, HEAD_OF_FINANCE),
    *(
        Screen(f"close-{tab}", f"{_POSTED}?tab={tab}", HEAD_OF_FINANCE)
        for tab in ("payees", "licences", "buckets", "statements", "adjustments", "record", "history")
    ),
    Screen("close-rejected", "/closes/{close-runs?status=draft}?tab=rejected", ACCOUNTANT),
    Screen("close-start", "/closes", ACCOUNTANT, ("开始结算", "Start a close")),
    Screen("close-compared", "/closes/{close-runs?status=calculated}?tab=outcome", ACCOUNTANT),
    Screen("invoice-paid", "/invoices/{invoices?payment=paid}?tab=settlements", ACCOUNTANT),
    Screen("invoice-half", "/invoices/{invoices?payment=part_paid}", ACCOUNTANT),
    Screen("invoice-own", "/invoices/{invoices}", BILLED),
    Screen("invoice-settle", "/invoices/{invoices?payment=part_paid}", ACCOUNTANT, ("核销", "Settle")),
    Screen("invoices-write-offs", "/invoices?tab=write-offs", HEAD_OF_FINANCE),
    *(Screen(f"billing-{tab}", f"/billing?tab={tab}", ACCOUNTANT) for tab in ("identities", "taxes", "series")),
    Screen("billing-terms-new", "/billing?tab=terms", ACCOUNTANT, ("设定开票条件", "Set billing terms")),
    Screen("statements", "/statements", MEMBER_FINANCE),
    Screen("statement-about", "/statements/{statements}?tab=about", MEMBER_FINANCE),
    Screen("pools", "/pools"),
    *(
        Screen(f"pool-{tab}", f"/pools/{{pools}}?tab={tab}")
        for tab in ("members", "entries", "lists", "calls", "submissions", "effect", "overlap", "programmes")
    ),
    *(Screen(f"submissions-{tab}", f"/submissions?tab={tab}") for tab in ("calls", "results")),
    Screen("submit", "/calls/{calls}", MEMBER, ("提交专利", "Submit a patent")),
    Screen("submission-filed", "/submissions/{submissions?state=submitted}", SECRETARY),
    Screen("programmes", "/programmes"),
    Screen("programme-licences", "/programmes/{programmes}?tab=licences"),
    Screen("programme-closes", "/programmes/{programmes}?tab=closes", HEAD_OF_FINANCE),
    *(Screen(f"patent-{tab}", f"/patents/{{patents}}?tab={tab}") for tab in ("pools", "family", "about", "history")),
    *(Screen(f"licence-{tab}", f"/licences/{{licences}}?tab={tab}") for tab in ("changes", "bilateral")),
    *(Screen(f"member-{tab}", f"/members/{{memberships}}?tab={tab}") for tab in ("signed", "history")),
    *(Screen(f"organisation-{tab}", f"/organisations/{{organisations}}?tab={tab}") for tab in ("seats", "history")),
    *(Screen(f"alliance-{tab}", f"/alliances/{{alliances}}?tab={tab}") for tab in ("entities", "history")),
    Screen("audit-seals", "/audit?tab=seals", SITE_ADMIN),
    Screen("home-licensee", "/", LICENSEE),
    Screen("home-site-admin", "/", SITE_ADMIN),
    Screen("sharing", "/patents/{patents?publication=US20249856926A1}", MEMBER, ("共享", "Share")),
    Screen("notices", "/", SECRETARY, ("未读通知", "unread notice")),
    Screen("views", "/members", SECRETARY, ("视图", "Views")),
    Screen("apply", "/members", SECRETARY, ("代为提交申请", "File an application")),
    Screen("review", "/members/{memberships?state=applied}", SECRETARY, ("受理审核", "Take up for review")),
    Screen("rules", "/alliances/{alliances}?tab=plan", SITE_ADMIN, ("修改", "Edit")),
    Screen("sign", "/charter-versions/{charter-versions?state=published}", TWO_SEATS, ("签署", "Sign")),
)
"""Further tabs and drawers, for pictures only."""


def address_of(screen: Screen, context: BrowserContext) -> str:
    """Return the address with the first thing of its kind that the window's person may see."""
    head, brace, rest = screen.address.partition("{")
    if not brace:
        return screen.address
    name, _, tail = rest.partition("}")
    items = context.request.get(f"/api/v1/{name}{'&' if '?' in name else '?'}limit=1").json()["items"]
    if not items:
        # Another test on the same site has taken it on to its next state; the page is the same.
        items = context.request.get(f"/api/v1/{name.partition('?')[0]}?limit=1").json()["items"]
    return f"{head}{items[0]['id']}{tail}"
