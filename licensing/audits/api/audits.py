"""Audits of licensees over HTTP. Every reading is logged, with the licensee it is of."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import prefetch_related_objects
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.agreements.interest import InterestKind
from licensing.audits import selectors, services
from licensing.audits.api.serializers import (
    AuditAccessSerializer,
    AuditAnswerSerializer,
    AuditFindingSerializer,
    AuditOutcomeSerializer,
    AuditReasonSerializer,
    AuditReturnSerializer,
    LicenseeAuditDetailSerializer,
    LicenseeAuditSerializer,
    NewAuditClauseSerializer,
    NewAuditFindingSerializer,
    NewLicenseeAuditSerializer,
    RecordedAuditClauseSerializer,
    reading_language,
)
from licensing.audits.calculation import Measure, Reaches
from licensing.audits.models import Audit, AuditClause
from platform_core.access.actors import Actor
from platform_core.access.log import log_access, log_accesses
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_CLAUSE_IDS: Final = {"licence": "licence", "programme": "licence__programme"}
_IDS: Final = {"licence": "licence", "programme": "licence__programme", "licensee": "licence__licensee"}
_TEXTS: Final = {"state": "state"}


def represent(audit: Audit, *, actor: Actor) -> Mapping[str, Any]:
    """Return an audit as its own address shows it."""
    found = selectors.get_audit(audit.pk, actor=actor)
    # Who waits for whom, why, and what may be done about it: all of it is told by them.
    prefetch_related_objects([found], "reversals")
    document: Mapping[str, Any] = LicenseeAuditDetailSerializer(found, context={"actor": actor}).data
    return document


def told_clause(clause: AuditClause, *, actor: Actor) -> Mapping[str, Any]:
    """Return a clause as the list shows it."""
    steps = selectors.steps_of_clauses([clause], actor=actor)
    document: Mapping[str, Any] = RecordedAuditClauseSerializer(clause, context={"steps": steps}).data
    return document


class AuditClausesView(HouseView):
    """What licences say of audits."""

    orders = {"recorded": "recorded_at"}

    @extend_schema(
        operation_id="audit_clauses_list",
        parameters=parameters_of(ids=_CLAUSE_IDS),
        responses=page_of(RecordedAuditClauseSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the clauses you may see, the latest first."""
        rows = filtered(selectors.audit_clauses(actor=self.actor), request, ids=_CLAUSE_IDS)
        return self.page(rows, RecordedAuditClauseSerializer, default="-recorded", about=self._steps)

    def _steps(self, part: Sequence[AuditClause]) -> dict[str, Any]:
        return {"steps": selectors.steps_of_clauses(part, actor=self.actor)}

    @extend_schema(
        operation_id="audit_clauses_record",
        request=NewAuditClauseSerializer,
        responses={201: RecordedAuditClauseSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record what a licence says of audits; another person confirms it."""
        given = self.read(NewAuditClauseSerializer, request)
        licence_id = given.pop("licence_id")
        given["threshold_reaches"] = Reaches(given["threshold_reaches"])
        given["threshold_measure"] = Measure(given["threshold_measure"])
        if given.get("interest_kind") is not None:
            given["interest_kind"] = InterestKind(given["interest_kind"])
        made = services.record_audit_clause(
            actor=self.actor,
            licence_id=licence_id,
            replaces=given.pop("replaces_id"),
            reason=given.pop("reason"),
            clause=services.NewAuditClause(**given),
        )
        return Response(told_clause(made, actor=self.actor), status=201)


class AuditClauseConfirmationView(HouseView):
    """The second person's word on a clause."""

    @extend_schema(operation_id="audit_clauses_confirm", request=None, responses=RecordedAuditClauseSerializer)
    def post(self, request: Request, clause_id: UUID) -> Response:
        """Confirm that a clause stands in the contract as somebody else recorded it; it may replace a wrong one."""
        clause = services.confirm_audit_clause(actor=self.actor, clause_id=clause_id)
        return Response(told_clause(clause, actor=self.actor))


class AuditClauseWithdrawalView(HouseView):
    """The taking back of a clause that was recorded wrongly."""

    @extend_schema(
        operation_id="audit_clauses_withdraw", request=AuditReasonSerializer, responses=RecordedAuditClauseSerializer
    )
    def post(self, request: Request, clause_id: UUID) -> Response:
        """Take back a clause that nobody has confirmed; one that was confirmed is replaced by another instead."""
        asked = self.read(AuditReasonSerializer, request)
        clause = services.withdraw_audit_clause(actor=self.actor, clause_id=clause_id, **asked)
        return Response(told_clause(clause, actor=self.actor))


class LicenseeAuditsView(HouseView):
    """Audits of licensees."""

    orders = {"proposed": "proposed_at"}

    @extend_schema(
        operation_id="licensee_audits_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(LicenseeAuditSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the audits you may see, the latest first; the reading is logged for each on the page."""
        rows = filtered(selectors.audits(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, LicenseeAuditSerializer, default="-proposed", about=self._noted)

    def _noted(self, part: Sequence[Audit]) -> dict[str, Any]:
        action = "licensee_audit.exported" if self.exporting else "licensee_audit.listed"
        log_accesses(action, actor=self.actor, subjects=part)
        return {}

    @extend_schema(
        operation_id="licensee_audits_propose",
        request=NewLicenseeAuditSerializer,
        responses={201: LicenseeAuditDetailSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Propose an audit; the licensee learns of it when another person gives notice."""
        audit = services.propose_audit(actor=self.actor, **self.read(NewLicenseeAuditSerializer, request))
        location = f"/api/v1/licensee-audits/{audit.pk}"
        return Response(represent(audit, actor=self.actor), status=201, headers={"Location": location})


class LicenseeAuditView(HouseView):
    """One audit of a licensee."""

    @extend_schema(operation_id="licensee_audits_read", responses=LicenseeAuditDetailSerializer)
    def get(self, request: Request, audit_id: UUID) -> Response:
        """Read an audit, its clause, what it comes to, and what you may do with it; the reading is logged."""
        audit = selectors.get_audit(audit_id, actor=self.actor)
        log_access("licensee_audit.viewed", actor=self.actor, subject=audit)
        return Response(LicenseeAuditDetailSerializer(audit, context={"actor": self.actor}).data)


class AuditStepView(HouseView):
    """A step of one audit, answered with where it stands then."""

    def stands(self, audit: Audit) -> Response:
        """Answer with an audit as it is now."""
        return Response(represent(audit, actor=self.actor))


class AuditNoticeView(AuditStepView):
    """The notice of an audit."""

    @extend_schema(operation_id="licensee_audits_notice", request=None, responses=LicenseeAuditDetailSerializer)
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Give the licensee notice of an audit that somebody else proposed."""
        return self.stands(services.give_notice(actor=self.actor, audit_id=audit_id))


class AuditUndertakingView(AuditStepView):
    """The auditor's undertaking."""

    @extend_schema(operation_id="licensee_audits_undertake", request=None, responses=LicenseeAuditDetailSerializer)
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Undertake to keep secret what you see, in the words that you read."""
        return self.stands(
            services.undertake_confidentiality(actor=self.actor, audit_id=audit_id, language=reading_language())
        )


class AuditAccessView(AuditStepView):
    """The auditor's access."""

    @extend_schema(
        operation_id="licensee_audits_open_access",
        request=AuditAccessSerializer,
        responses=LicenseeAuditDetailSerializer,
    )
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Let the auditor read the reports of the months audited until a day."""
        asked = self.read(AuditAccessSerializer, request)
        return self.stands(services.open_access(actor=self.actor, audit_id=audit_id, **asked))


class AuditExtensionView(AuditStepView):
    """A longer access of the auditor."""

    @extend_schema(
        operation_id="licensee_audits_extend_access",
        request=AuditAccessSerializer,
        responses=LicenseeAuditDetailSerializer,
    )
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Give the auditor access until another day, also where it has lapsed with nothing handed in."""
        asked = self.read(AuditAccessSerializer, request)
        return self.stands(services.extend_access(actor=self.actor, audit_id=audit_id, **asked))


class AuditFindingsView(HouseView):
    """What was found."""

    orders = {"period": "period"}

    @extend_schema(operation_id="licensee_audits_findings", responses=page_of(AuditFindingSerializer))
    def get(self, request: Request, audit_id: UUID) -> Response:
        """List what was reported and found; before it is handed in, the auditor alone sees it."""
        audit = selectors.get_audit(audit_id, actor=self.actor)
        log_access("licensee_audit.findings_viewed", actor=self.actor, subject=audit)
        return self.page(selectors.findings_of(audit, actor=self.actor), AuditFindingSerializer, default="period")

    @extend_schema(
        operation_id="licensee_audits_record_finding",
        request=NewAuditFindingSerializer,
        responses={201: AuditFindingSerializer},
    )
    @idempotent
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Record what you found of a period and product; what was recorded of the same before is replaced."""
        finding = services.record_finding(
            actor=self.actor, audit_id=audit_id, **self.read(NewAuditFindingSerializer, request)
        )
        return Response(AuditFindingSerializer(finding).data, status=201)


class AuditReportView(AuditStepView):
    """The handing in of findings."""

    @extend_schema(operation_id="licensee_audits_hand_in", request=None, responses=LicenseeAuditDetailSerializer)
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Hand in what you found: from here finance and the licensee read it."""
        return self.stands(services.hand_in_findings(actor=self.actor, audit_id=audit_id))


class AuditAnswerView(AuditStepView):
    """The licensee's answer."""

    @extend_schema(
        operation_id="licensee_audits_answer", request=AuditAnswerSerializer, responses=LicenseeAuditDetailSerializer
    )
    @idempotent
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Answer the findings by your recorded authority: accept them, or say what is wrong."""
        asked = self.read(AuditAnswerSerializer, request)
        return self.stands(services.answer_findings(actor=self.actor, audit_id=audit_id, **asked))


class AuditReturnView(AuditStepView):
    """The sending back of findings."""

    @extend_schema(
        operation_id="licensee_audits_send_back", request=AuditReturnSerializer, responses=LicenseeAuditDetailSerializer
    )
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Send findings back to the auditor, with access until a day."""
        asked = self.read(AuditReturnSerializer, request)
        return self.stands(services.send_back_audit(actor=self.actor, audit_id=audit_id, **asked))


class AuditOutcomeView(AuditStepView):
    """What an audit comes to."""

    @extend_schema(
        operation_id="licensee_audits_work_out", request=AuditOutcomeSerializer, responses=LicenseeAuditDetailSerializer
    )
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Work out shortfall, interest and who bears the cost, by the contract's clause."""
        asked = self.read(AuditOutcomeSerializer, request)
        return self.stands(services.work_out_audit(actor=self.actor, audit_id=audit_id, **asked))


class AuditSettlementView(AuditStepView):
    """The settlement of an audit."""

    @extend_schema(operation_id="licensee_audits_settle", request=None, responses=LicenseeAuditDetailSerializer)
    @idempotent
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Settle what somebody else worked out: it becomes charges of the next close."""
        return self.stands(services.settle_audit(actor=self.actor, audit_id=audit_id))


class AuditReversalView(AuditStepView):
    """The reversal of a settlement."""

    @extend_schema(
        operation_id="licensee_audits_propose_reversal",
        request=AuditReasonSerializer,
        responses=LicenseeAuditDetailSerializer,
    )
    @idempotent
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Propose to take back what a settled audit charged: another person decides that."""
        asked = self.read(AuditReasonSerializer, request)
        return self.stands(services.propose_audit_reversal(actor=self.actor, audit_id=audit_id, **asked))


class AuditReversalApprovalView(AuditStepView):
    """The second person's word on the reversal of a settlement."""

    @extend_schema(
        operation_id="licensee_audits_confirm_reversal", request=None, responses=LicenseeAuditDetailSerializer
    )
    @idempotent
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Take back what an audit charged: its charges are cancelled, and a close that billed them is corrected."""
        return self.stands(services.confirm_audit_reversal(actor=self.actor, audit_id=audit_id))


class AuditReversalRefusalView(AuditStepView):
    """The standing of a settlement that somebody proposed to reverse."""

    @extend_schema(
        operation_id="licensee_audits_refuse_reversal", request=None, responses=LicenseeAuditDetailSerializer
    )
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Have a settlement stand that somebody proposed to reverse."""
        return self.stands(services.refuse_audit_reversal(actor=self.actor, audit_id=audit_id))


class AuditCancellationView(AuditStepView):
    """The end of an audit without a settlement."""

    @extend_schema(
        operation_id="licensee_audits_cancel", request=AuditReasonSerializer, responses=LicenseeAuditDetailSerializer
    )
    def post(self, request: Request, audit_id: UUID) -> Response:
        """End a proposal, or ask to end an audit that notice was given of: another person decides that."""
        asked = self.read(AuditReasonSerializer, request)
        return self.stands(services.cancel_audit(actor=self.actor, audit_id=audit_id, **asked))


class AuditCancellationApprovalView(AuditStepView):
    """The second person's word on the end of an audit."""

    @extend_schema(
        operation_id="licensee_audits_confirm_cancellation", request=None, responses=LicenseeAuditDetailSerializer
    )
    @idempotent
    def post(self, request: Request, audit_id: UUID) -> Response:
        """End an audit as a colleague asked for; the auditor's access ends at once."""
        return self.stands(services.confirm_cancellation(actor=self.actor, audit_id=audit_id))


class AuditCancellationRefusalView(AuditStepView):
    """The going on of an audit that a colleague asked to end."""

    @extend_schema(
        operation_id="licensee_audits_refuse_cancellation", request=None, responses=LicenseeAuditDetailSerializer
    )
    def post(self, request: Request, audit_id: UUID) -> Response:
        """Have an audit go on that a colleague asked to cancel."""
        return self.stands(services.refuse_cancellation(actor=self.actor, audit_id=audit_id))
