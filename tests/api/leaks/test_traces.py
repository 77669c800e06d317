"""What is done leaves one event on record, and what is confidential leaves a line in the access log when it is read.

Both are tried at every route of the API, by somebody who may use it; what leaves nothing stands here with its reason.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from licensing.dealings.lifecycle import DealingState
from licensing.dealings.models import Dealing, SealRequest, Side
from licensing.direct.models import DirectLicence
from licensing.terms.models import Programme
from platform_core.access.models import AccessLogEntry
from platform_core.audit.models import AuditEvent
from platform_core.identity.roles import Role
from pools.patents.models import Ownership
from tests.api.leaks.test_hidden_ids import address_of, users_of
from tests.api.matrix.asked import _filled, _tag, question
from tests.api.matrix.asking import ask, done_with, routes, streamed
from tests.api.matrix.kept import Samples
from tests.factories.core import NOON, make_user
from tests.factories.dealings import make_offer_row
from tests.factories.documents import make_document

pytest_plugins = ["tests.api.matrix.fixtures"]

CONFIDENTIAL = (
    "sales-reports",
    "statements",
    "close-runs/{run_id}/",
    "distribution-statements",
    "member-invoices",
    "withholdings",
    "conversions",
    "distribution-runs/{run_id}/",
)
"""What others' figures are read through: reports, statements, and the results of closes and distributions."""

READ_WITHOUT_A_LINE = {
    "GET close-runs/{run_id}/progress": "it says how far a calculation is, and no figure",
}

NEEDS_A_CALCULATION = frozenset(
    {
        *(
            f"GET close-runs/{{run_id}}/{name}"
            for name in ("adjustments", "bundle", "comparison", "sheet", "sheet/document")
        ),
        "GET sales-reports/{report_id}/closes",
        *(f"GET statements/{{statement_id}}/{name}" for name in ("comparison", "document", "explanation")),
    }
)
"""What is given only of a close that was really calculated; the closes here are rows alone."""

DONE_WITHOUT_AN_EVENT = {
    "POST online-payments/{payment_id}/inquiry": "the service is asked, and says by itself what happened",
    "POST bank-accounts/{account_id}/matching": "nothing here is beyond doubt; tests/integration/payments",
    "POST close-runs/{run_id}/invoices": "everything of the close is billed here; tests/integration/billing",
    "POST distribution-runs/{run_id}/payouts": "nobody is owed anything here; tests/integration/payments",
    "POST bank-accounts/{account_id}/statement-preview": "nothing is kept of what is only looked at",
    "POST terms-checks": "nothing is kept of what is only checked",
    "POST close-runs/{run_id}/simulations": "a trial decides nothing; what it gives is a job of the asker's own",
    "POST programmes/{programme_id}/simulations": "a trial decides nothing; what it gives is a job of the asker's own",
    "PUT me/seat": "which seat one looks through is a matter of the session",
    "PUT home/seen": "that somebody has looked decides nothing",
    "POST notices/read": "that somebody has looked decides nothing",
    "POST saved-views": "a note of one's own decides nothing",
    "PATCH saved-views/{view_id}": "a note of one's own decides nothing",
    "DELETE saved-views/{view_id}": "a note of one's own decides nothing",
}

SEVERAL = {
    "POST invoices/issue": "each invoice is issued by an event of its own",
    "POST alliances/{alliance_id}/founding-members": "each member is admitted by a step of its own",
    "POST memberships/{membership_id}/admission": "money withheld in a pool is released by an event of its own",
    "POST memberships/{membership_id}/resumption": "money withheld in a pool is released by an event of its own",
    **dict.fromkeys(
        (
            "PATCH patents/{patent_id}",
            "POST patents/{patent_id}/owners",
            "POST patents/{patent_id}/transfers",
            "PUT patents/{patent_id}/annuity-terms",
            "POST annuity-payments",
            "POST annuity-payments/{payment_id}/cancellation",
            "POST deadlines/settlement",
            "POST deadlines/waiver",
            "POST deadlines/{deadline_id}/reopening",
            "POST payment-orders/{order_id}/payments",
            "POST dealings",
            "POST dealings/{dealing_id}/acknowledgement",
            "POST dealings/{dealing_id}/offers",
            "POST dealings/{dealing_id}/acceptance",
            "POST dealings/{dealing_id}/turning-down",
        ),
        "deadlines that follow from it are set, moved, settled or ended each by an event of its own",
    ),
    "POST bank-accounts": "its account in the books is opened by an event of its own",
    "POST licences/{licence_id}/breaches": "letters are kept and a deadline set by events of their own",
    "POST dealings/{dealing_id}/contract": "the licence is drafted and sent, and texts kept, by events of their own",
    **dict.fromkeys(
        ("POST statement-lines/{line_id}/allocation", "POST invoices/{invoice_id}/prepaid"),
        "what is booked, and each invoice that is settled, has an event of its own",
    ),
    "POST submissions/{submission_id}/panel": "three are assigned, each by an event of its own",
    "POST submissions/{submission_id}/listing": "the patent enters the pool by an event of its own",
    "POST panels/{panel_id}/renewal": "three are assigned anew, each by an event of its own",
    "POST panels/{panel_id}/replacement": "who comes is assigned by an event of its own",
    "POST memberships/{membership_id}/departure": "the shares that end with it are ended each by an event of their own",
}


DONE_BY = 2
"""How many have to get a thing done before no more are asked."""

_DRAFT = {"state": "draft", "signed_on": None, "terms_version": None}
_APPLIED = {"state": "applied", "code": "", "enters_on": None}

FROM: dict[str, dict[str, Any]] = {
    "PATCH licences/{licence_id}": _DRAFT,
    "POST licences/{licence_id}/sending": _DRAFT,
    "POST licences/{licence_id}/signature": {**_DRAFT, "state": "sent"},
    "POST licences/{licence_id}/countersignature": {"state": "signed"},
    "POST licences/{licence_id}/cancellation": _DRAFT,
    "POST licences/{licence_id}/resumption": {"state": "suspended"},
    "POST licences/{licence_id}/expiry": {"ends_on": date(2026, 1, 1)},
    "POST memberships/{membership_id}/review": _APPLIED,
    "POST memberships/{membership_id}/withdrawal": _APPLIED,
    "POST memberships/{membership_id}/refusal": _APPLIED,
    "POST memberships/{membership_id}/admission": {**_APPLIED, "state": "under_review"},
    "POST memberships/{membership_id}/resumption": {"state": "suspended"},
    "POST webhooks/{webhook_id}/resumption": {"disabled_at": NOON, "disabled_reason": "gone"},
    "POST accounts/{user_id}/reopening": {"is_active": False},
    "POST invitations/{invitation_id}/resending": {"sent_at": NOON - timedelta(days=1)},
    "POST pool-members/{member_id}/release": {"held": True},
    "POST imports/{import_id}/undoing": {"state": "imported"},
    "POST connections/{connection_id}/resumption": {"state": "paused", "next_run_at": None},
    "POST deadlines/{deadline_id}/reopening": {"state": "settled", "settled_at": NOON, "next_told_on": None},
    "PATCH payment-orders/{order_id}": {"state": "draft", "ordered_at": None},
    "POST statement-lines/{line_id}/taking-up": {"state": "set_aside", "reason": "why", "decided_at": NOON},
    "POST calls/{call_id}/closing": {"submit_by_on": None},
    "POST submissions/{submission_id}/panel": {"state": "complete"},
    "POST submissions/{submission_id}/appeal": {"state": "confirmed", "submitted_at": NOON},
    "POST submissions/{submission_id}/conclusion": {"state": "not_essential"},
    "POST submissions/{submission_id}/listing": {"state": "essential"},
    "POST direct-licences/{licence_id}/consents": {
        "state": "draft",
        "sent_at": None,
        "signed_on": None,
        "countersigned_at": None,
    },
}
"""What an object is before a step that leads on from there."""

WITH: dict[str, dict[str, Any]] = {
    "POST me/tokens": {"days": 30},
    "POST undertakings": {"hidden_kinds": ["reports.salesreport"]},
    "POST memberships/{membership_id}/expulsion": {"reason": "why"},
    "POST memberships/{membership_id}/suspension": {"reason": "why"},
    "POST memberships/{membership_id}/resumption": {"reason": "why"},
    "POST memberships/{membership_id}/refusal": {"reason": "why"},
    "POST contract-templates": {
        "clauses": [
            {"kind": kind, "heading_zh": kind, "text_zh": kind, "heading_en": kind, "text_en": kind, **more}
            for kind, more in (
                ("grant", {}),
                ("fee", {}),
                ("term", {}),
                ("grant_back", {"exclusive": False}),
                ("termination", {"cure_days": 30, "grounds": ["breach"]}),
            )
        ]
    },
}
"""What is sent besides, where the question of the matrix asks for the right alone."""


def _no_dealing(programme: Programme, name: str, samples: Samples) -> dict[str, Any]:
    """Everybody here has applied already: that came to an end."""
    ended = {"state": "closed", "closed_at": NOON, "closed_by_side": "office", "close_reason": "why", "turn": ""}
    programme.dealings.update(**ended)
    return {}


def _offer_of_other_side(dealing: Dealing, name: str, samples: Samples) -> dict[str, Any]:
    """An offer of the other side waits for an answer."""
    fresh = Dealing.objects.get(pk=dealing.pk)
    if fresh.state == DealingState.APPLIED:
        make_offer_row(fresh, Side.PROSPECT if name == Role.SECRETARIAT else Side.OFFICE)
    return {}


def _agreed(dealing: Dealing, name: str, samples: Samples) -> dict[str, Any]:
    """An offer was accepted, and the programme has a template."""
    fresh = Dealing.objects.get(pk=dealing.pk)
    if fresh.state == DealingState.APPLIED:
        make_offer_row(fresh, state="accepted", answered_at=NOON)
        agreed = {"state": "agreed", "acknowledged_at": NOON, "agreed_at": NOON}
        Dealing.objects.filter(pk=dealing.pk).update(**agreed)
    return {"template_id": str(dealing.programme.contract_templates.get().pk)}


def _seal_turned_down(dealing: Dealing, name: str, samples: Samples) -> dict[str, Any]:
    """The seal was turned down, and may be asked for again."""
    turned_down = {"state": "turned_down", "decided_at": NOON, "decided_by": make_user(), "reason": "why"}
    SealRequest.objects.filter(contract__dealing=dealing).update(**turned_down)
    return {}


def _concluded(dealing: Dealing, name: str, samples: Samples) -> dict[str, Any]:
    """The contract is signed by both."""
    Dealing.objects.filter(pk=dealing.pk, state="signed").update(state="concluded", turn="")
    return {}


def _co_owned(licence: DirectLicence, name: str, samples: Samples) -> dict[str, Any]:
    """The rival owns one of its patents too, and its paper hangs on the licence."""
    patent = licence.patents.earliest("pk").patent
    Ownership.objects.create(patent=patent, alliance=patent.alliance, owner_id=samples.values["rival"])
    return {"document_id": str(make_document(licence, "consent").pk)}


def _terms_of_its_own(programme: Programme, name: str, samples: Samples) -> dict[str, Any]:
    """The version that is tried is the programme's."""
    return {"terms_version_id": str(programme.terms_versions.earliest("number").pk)}


PREPARED: dict[str, Callable[[Any, str, Samples], dict[str, Any]]] = {
    "POST dealings": _no_dealing,
    "POST dealings/{dealing_id}/acceptance": _offer_of_other_side,
    "POST dealings/{dealing_id}/turning-down": _offer_of_other_side,
    "POST dealings/{dealing_id}/contract": _agreed,
    "POST dealings/{dealing_id}/seal-request": _seal_turned_down,
    "POST dealings/{dealing_id}/recordal": _concluded,
    "POST direct-licences/{licence_id}/consents": _co_owned,
    "POST programmes/{programme_id}/simulations": _terms_of_its_own,
}
"""What there has to be besides before a step is taken by somebody; what is sent besides comes back."""

NOT_DONE_HERE = {
    "POST statement-lines/{line_id}/allocation": "its line here is of a day to come; tests/integration/payments",
    "POST cutovers/{cutover_id}/comparisons": "it needs a real calculation; tests/integration/cutover",
    "POST cutovers/{cutover_id}/openings": "it needs real tables of an old workbook; tests/integration/cutover",
    "POST openings/{opening_id}/confirmation": "the cut-over here is years ahead; tests/integration/cutover",
    "POST openings/{opening_id}/undoing": "it needs one that was booked; tests/integration/cutover",
    "POST parallel-runs/{parallel_run_id}/confirmation": "finance is one person here; tests/integration/cutover",
    "POST dealings/{dealing_id}/signature": "it needs a licence that was sent and its scan; tests/integration/dealings",
    "POST dealings/{dealing_id}/countersignature": "it needs a licence that was signed; tests/integration/dealings",
    "POST bilateral-claims/{claim_id}/settlement": "one of finance is alone here; tests/integration/bilaterals",
    "POST withholding-rules": "one of finance is alone here; tests/integration/distribution",
    "POST direct-licences/{licence_id}/signature": "nobody of the table may; tests/integration/direct",
    "POST direct-licences/{licence_id}/countersignature": "nobody of the table may; tests/integration/direct",
    "POST direct-licences/{licence_id}/termination": "nobody of the table may; tests/integration/direct",
    "POST open-declarations/{declaration_id}/consents": "it needs a paper; tests/integration/openlicences",
    "POST open-declarations/{declaration_id}/filing": "nobody of the table may; tests/integration/openlicences",
    "POST open-declarations/{declaration_id}/withdrawal": "nobody of the table may; tests/integration/openlicences",
    "POST open-declarations/{declaration_id}/withdrawal-announcement": "none is filed; tests/integration/openlicences",
    "POST open-licences/{licence_id}/notice": "it needs its letter; tests/integration/openlicences",
    "POST open-licences/{licence_id}/end": "nobody of the table may; tests/integration/openlicences",
    "POST open-licences/{licence_id}/lapse": "nobody of the table may; tests/integration/openlicences",
    "POST open-licences/{licence_id}/contest": "none here came on paper; tests/integration/openlicences",
    "POST open-licences/{licence_id}/evidence": "it needs a paper; tests/integration/openlicences",
    "POST open-licences/{licence_id}/entry-withdrawal": "none here is contested; tests/integration/openlicences",
    "POST open-licences/{licence_id}/acknowledgement": "none here is contested; tests/integration/openlicences",
    "POST open-licences/{licence_id}/statements": "no period is over here; tests/integration/openlicences",
    "POST open-licences/{licence_id}/payments": "it needs a paper; tests/integration/openlicences",
    "POST open-payments/{payment_id}/receipt": "it needs a paper; tests/integration/openlicences",
    "POST breaches/{breach_id}/cure": "what was noticed is missing; tests/integration/breaches",
    "POST breaches/{breach_id}/suspension": "its days are not over; tests/integration/breaches",
    "POST terminations/{termination_id}/decision": "the office is one person here; tests/integration/breaches",
    "POST licences/{licence_id}/favour-endings": "one is proposed here already; tests/integration/clauses",
    "POST licences/{licence_id}/favour-notices": "no later licence here is better; tests/integration/clauses",
    "POST instalment-plans/{plan_id}/withdrawal": "the one here that is asked for is agreed; tests/integration/billing",
    "POST instalment-plans/{plan_id}/refusal": "finance is one person here; tests/integration/billing",
    "POST alliances/{alliance_id}/founding-members": "the alliances here have members; tests/api/leaks/test_bulk.py",
    "POST calls/{call_id}/publication": "it needs a draft that opens later; tests/integration/submissions",
    "POST submissions/{submission_id}/reevaluation": "it needs a panel; tests/integration/submissions",
    "POST opinions": "the panel here has one already; tests/integration/submissions",
    "POST opinions/{opinion_id}/voice": "the evaluator here leads its panel; tests/integration/submissions",
    "POST opinions/{opinion_id}/giving": "it needs both assistants' voices; tests/integration/submissions",
    "POST charter-signatures": "it needs the hash of the text; tests/integration/charter",
    "POST charter-versions/{version_id}/publication": "it needs a draft with a day; tests/integration/charter",
    "POST close-runs/{run_id}/approval": "it needs a real calculation; tests/api/close",
    "POST close-runs/{run_id}/posting": "it needs a real calculation; tests/api/close",
    "POST distribution-runs/{run_id}/approval": "it needs a real calculation; tests/api/distribution",
    "POST distribution-runs/{run_id}/closing": "members may still object here; tests/integration/distribution",
    "POST distribution-runs/{run_id}/release": "it needs one that is approved; tests/api/distribution",
    "POST distribution-runs/{run_id}/review": "it needs one that is calculated; tests/api/distribution",
    "POST distribution-statements/{statement_id}/objections": "one waits here already; tests/api/distribution",
    "POST member-invoices/{invoice_id}/acceptance": "it needs one that was given; tests/integration/distribution",
    "POST member-invoices/{invoice_id}/return": "it needs one that was given; tests/integration/distribution",
    "POST member-invoices/{invoice_id}/waiver-request": "it needs a second person; tests/integration/distribution",
    "POST treaty-reliefs": "it needs a second person; tests/integration/distribution",
    "POST rate-sheets/{sheet_id}/confirmation": "it needs a second person; tests/integration/distribution",
    "POST rate-files": "it needs a file of rates; tests/integration/distribution",
    "POST distribution-runs/{run_id}/conversions": "nobody is paid abroad here; tests/integration/distribution",
    "POST conversions/{conversion_id}/confirmation": "it needs a second person; tests/integration/distribution",
    "POST exchange-settlements": "nothing was converted here; tests/integration/distribution",
    "POST tax-remittances": "nothing is withheld here; tests/integration/distribution",
    "POST tax-remittances/{remittance_id}/confirmation": "nothing is withheld here; tests/integration/distribution",
    "POST tax-remittances/{remittance_id}/receipt": "it needs one that was paid; tests/integration/distribution",
    "POST tax-remittances/{remittance_id}/undoing": "it needs one that two confirmed; tests/integration/distribution",
    "POST tax-remittances/{remittance_id}/undoing/approval": "it needs one asked for; tests/integration/distribution",
    "POST tax-remittances/{remittance_id}/undoing/refusal": "it needs one asked for; tests/integration/distribution",
    "POST withholding-rules/{rule_id}/confirmation": "it needs a second person; tests/integration/distribution",
    "POST withholding-rules/{rule_id}/withdrawal": "those here are confirmed; tests/integration/distribution",
    "POST treaty-reliefs/{relief_id}/confirmation": "it needs a paper; tests/integration/distribution",
    "POST member-invoices/{invoice_id}/waiver": "it needs a request; tests/integration/distribution",
    "POST member-invoices/{invoice_id}/waiver-refusal": "it needs a request; tests/integration/distribution",
    "POST documents": "it needs a real file; tests/integration/documents",
    "POST grants/{grant_id}/revocation": "the grants here are given by the office of no seat of the table",
    "POST licence-requests/confirmation": "it needs the key of a letter; tests/integration/asking",
    "POST invitations/acceptance": "it needs the key of a letter; tests/api/signin",
    "POST memberships/{membership_id}/expulsion": "it needs a paper; tests/integration/memberships",
    "POST memberships/{membership_id}/suspension": "members here have money withheld; tests/integration/memberships",
    "POST programmes/{programme_id}/steps": "it needs a launched pool; tests/integration/records",
    "POST undertakings/{undertaking_id}/confirmation": "it needs a paper; tests/integration/conflicts",
    "POST payment-orders/{order_id}/cancellation": "of the orders here some was paid; tests/integration/upkeep",
    "POST payment-orders/{order_id}/ordering": "of the orders here some was paid; tests/integration/upkeep",
    "POST book-reopenings": "one is asked already; tests/integration/ledger",
    "POST book-reopenings/{reopening_id}/withdrawal": "nobody of the table asked for it; tests/integration/ledger",
    "POST bank-statements": "it needs a real file; tests/integration/treasury",
    "POST bank-accounts/{account_id}/statement-preview": "it needs a real file; tests/api/treasury",
    "POST statement-lines/{line_id}/assignment": "it needs a room that claims; tests/integration/treasury",
    "POST payouts/{payout_id}/release": "it needs an account in force; tests/integration/treasury",
    "POST payouts/{payout_id}/return": "it needs one in a file; tests/integration/treasury",
    "POST payout-files": "it needs released ones; tests/integration/treasury",
    "POST payout-files/{file_id}/taking": "the file here is of nothing real; tests/integration/treasury",
    "POST statement-lines/{line_id}/release": "it needs what a room took; tests/integration/payments",
    "POST online-payments/{payment_id}/ending": "those here are paid; tests/faults",
    "POST online-payments/{payment_id}/refunds": "finance is one person here; tests/faults",
    "POST online-refunds/{refund_id}/decision": "finance is one person here; tests/faults",
    "POST stripe-accounts": "one is in use here; tests/faults",
    "POST stripe-accounts/{stripe_account_id}/events": "it needs a signature; tests/faults",
    "POST deduction-comparisons": "it needs what was said of lines; tests/integration/deductions",
    "POST deduction-comparisons/{comparison_id}/doubts": "finance is one person here; tests/integration/deductions",
    "POST doubtful-deductions/{doubt_id}/acceptance": "nothing shows it here; tests/integration/deductions",
    "POST doubtful-deductions/{doubt_id}/correction": "no report is superseded here; tests/integration/deductions",
    "POST estimate-terms/{terms_id}/confirmation": "those here are confirmed; tests/integration/reports",
    "POST licences/{licence_id}/estimates": "these months are reported here; tests/integration/reports",
    "POST audit-clauses/{clause_id}/confirmation": "those here are confirmed; tests/integration/audits",
    "POST licensee-audits": "it needs a clause and an auditor at hand; tests/integration/audits",
    "POST licensee-audits/{audit_id}/notice": "those here are noticed; tests/integration/audits",
    "POST licensee-audits/{audit_id}/undertaking": "it is the auditor's; tests/integration/audits",
    "POST licensee-audits/{audit_id}/access": "those here are handed in; tests/integration/audits",
    "POST audit-clauses/{clause_id}/withdrawal": "those here are confirmed; tests/integration/audits",
    "POST licensee-audits/{audit_id}/extension": "those here are handed in; tests/integration/audits",
    "POST licensee-audits/{audit_id}/cancellation/approval": "nobody asked for it here; tests/integration/audits",
    "POST licensee-audits/{audit_id}/cancellation/refusal": "nobody asked for it here; tests/integration/audits",
    "POST licensee-audits/{audit_id}/reversal": "none here is settled; tests/integration/audits",
    "POST licensee-audits/{audit_id}/reversal/approval": "none here is settled; tests/integration/audits",
    "POST licensee-audits/{audit_id}/reversal/refusal": "none here is settled; tests/integration/audits",
    "POST licensee-audits/{audit_id}/findings": "it is the auditor's; tests/integration/audits",
    "POST licensee-audits/{audit_id}/report": "it is the auditor's; tests/integration/audits",
    "POST licensee-audits/{audit_id}/return": "the auditor here is not at hand; tests/integration/audits",
    "POST licensee-audits/{audit_id}/settlement": "it needs one that was worked out; tests/integration/audits",
    "POST invoices/{invoice_id}/crediting": "it needs one of a real close; tests/api/billing",
    "POST invoices/{invoice_id}/dispute/end": "none here is disputed by whom the licence is of; tests/api/billing",
    "POST invoices/{invoice_id}/interest": "it needs terms with interest; tests/api/billing",
    "POST invoices/{invoice_id}/set-off": "it needs a credit note of a real close; tests/api/billing",
    "POST invoices/{invoice_id}/write-offs": "one is proposed here already; tests/api/billing",
    "POST invoices/{invoice_id}/instalment-requests": "its parts are not what is open; tests/integration/billing",
    "POST instalment-plans/{plan_id}/acceptance": "another is proposed here already; tests/integration/billing",
    "POST invoices/{invoice_id}/instalment-plans": "one is proposed here already; tests/integration/billing",
    "POST instalment-plans/{plan_id}/approval": "another amount is open here; tests/integration/billing",
    "POST write-offs/{write_off_id}/approval": "it needs an issued invoice's books; tests/api/billing",
    "POST write-offs/{write_off_id}/refusal": "it needs an issued invoice's books; tests/api/billing",
    "POST dealings/{dealing_id}/signature-check": "nothing here is signed electronically; tests/api/dealings",
    "POST direct-licences/{licence_id}/signature-check": "nothing here is signed so; tests/integration/direct",
    "PUT me/seat": "it needs a session",
}
"""What nobody gets done here as it is sent, and why or where it is done."""


def changing() -> list[str]:
    return [route for route in sorted(routes()) if not route.startswith("GET ")]


@pytest.mark.parametrize("route", changing())
def test_what_is_done_leaves_one_event(samples: Samples, route: str) -> None:
    one = question(route)
    askers = {asker.name: asker for asker in samples.askers}
    done, refused = 0, ""
    for name, sample in users_of(route, samples, each=True):
        if done == DONE_BY:
            break
        address = address_of(one, sample)
        body = _filled(one.body, {**samples.values, "id": str(sample.pk)}) | WITH.get(route, {})
        with transaction.atomic():
            if route in FROM:
                type(sample)._base_manager.filter(pk=sample.pk).update(**FROM[route])
            if route in PREPARED:
                body |= PREPARED[route](sample, name, samples)
            tag = _tag(askers[name], one, address)
            before = AuditEvent.objects.count()
            response = ask(askers[name], route, address, body=body, form=one.form, tag=tag)
            events = AuditEvent.objects.count() - before
            transaction.set_rollback(True)
        done += response.status_code < 400
        if response.status_code >= 400:
            refused = f"{name} was told: {getattr(response, 'data', '')}"
            assert events == 0, f"{name}: refused with {response.status_code}, yet on record"
        elif route in DONE_WITHOUT_AN_EVENT:
            assert events == 0, f"{name}: it does leave an event: take it from the list"
        elif route not in SEVERAL:
            assert events == 1, f"{name}: {events} events"
        else:
            assert events >= 1, f"{name}: nothing on record"
    assert bool(done) is not (route in NOT_DONE_HERE), (
        f"done {done} times: prepare what is missing, or say why not. {refused}"
    )


def _tells(data: Mapping[str, Any] | list[Any]) -> bool:
    """Say whether an answer tells of anything; a list without rows, and sums of nothing, do not."""
    if isinstance(data, list):
        return bool(data)
    return bool(data.get("items", data.get("totals", True)))


@pytest.mark.parametrize(
    "route", [route for route in sorted(routes()) if route.startswith(tuple(f"GET {name}" for name in CONFIDENTIAL))]
)
def test_what_is_confidential_is_logged_when_it_is_read(samples: Samples, route: str) -> None:
    one = question(route)
    askers = {asker.name: asker for asker in samples.askers}
    read = 0
    for name, sample in users_of(route, samples):
        asked = ["", "?format=csv"] if getattr(routes()[route], "orders", None) else [""]
        for query in asked:
            with transaction.atomic():
                before = AccessLogEntry.objects.count()
                response = ask(askers[name], route, f"{address_of(one, sample)}{query}")
                contents = streamed(response)
                lines = AccessLogEntry.objects.count() - before
                given = response.status_code == 200 and (
                    contents.count(b"\n") > 1 if query else _tells(getattr(response, "data", {}))
                )
                done_with(response)
                transaction.set_rollback(True)
            if given:
                read += 1
                assert (lines > 0) is (route not in READ_WITHOUT_A_LINE), f"{name} {query}: {lines} lines"
    assert read or route in NEEDS_A_CALCULATION, "nobody here is given anything: add a sample"
