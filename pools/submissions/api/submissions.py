"""Submissions and their steps over HTTP."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from pools.submissions import selectors, services
from pools.submissions.models import Submission, SubmissionClaim


class SubmissionClaimSerializer(serializers.ModelSerializer[SubmissionClaim]):
    """A claim alleged to read on a clause of a standard."""

    class Meta:
        model = SubmissionClaim
        fields = ("id", "number", "standard", "clause", "explanation", "chart_id", "claim_chart_id")


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """A patent submitted to a pool, with the claims alleged essential, and how far it has come."""

    pool_name = serializers.CharField(source="pool.name")
    standard = serializers.CharField(source="call.standard")
    publication = serializers.CharField(source="patent.publication")
    country = serializers.CharField(source="patent.country")
    title = serializers.CharField(source="patent.title")
    owner_name = serializers.CharField(source="membership.organisation")
    claims = SubmissionClaimSerializer(many=True)

    class Meta:
        model = Submission
        fields = (
            "id",
            "pool_id",
            "pool_name",
            "call_id",
            "standard",
            "patent_id",
            "publication",
            "country",
            "title",
            "membership_id",
            "owner_name",
            "state",
            "exclusive",
            "statement",
            "claims",
            "due_on",
            "note",
            "submitted_at",
            "entry_id",
        )


class WholeSubmissionSerializer(SubmissionSerializer):
    """A submission by itself, with the steps that its reader may take."""

    allowed_steps = serializers.SerializerMethodField(help_text="addresses below this one to post to")

    class Meta(SubmissionSerializer.Meta):
        fields = (*SubmissionSerializer.Meta.fields, "allowed_steps")  # type: ignore[assignment]  # one more field

    def get_allowed_steps(self, submission: Submission) -> list[str]:
        """List the steps that lead on today, and that the reader may take."""
        return selectors.allowed_steps(submission, actor=self.context["actor"])


class NewClaimSerializer(serializers.Serializer[Any]):
    """A claim to allege on a clause; its chart is a document on the submission."""

    number = serializers.IntegerField(min_value=1, max_value=1000, help_text="of the claim in the patent")
    standard = serializers.CharField(max_length=200)
    clause = serializers.CharField(max_length=200)
    explanation = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    chart_id = serializers.UUIDField(required=False, allow_null=True)
    claim_chart_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="a reviewed chart of the patent, of this claim on this standard"
    )


class SubmissionEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a submission that is not under way; claims are given all together."""

    statement = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    claims = NewClaimSerializer(many=True, required=False)


class NewSubmissionSerializer(SubmissionEditsSerializer):
    """An own patent to submit to a call, and whether it is filed at once."""

    call_id = serializers.UUIDField()
    patent_id = serializers.UUIDField()
    file = serializers.BooleanField(required=False)


class SubmissionReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=500)


class WithdrawalSerializer(serializers.Serializer[Any]):
    """Why, if one wants to say so."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ListingSerializer(serializers.Serializer[Any]):
    """How a patent enters the pool; no products means all."""

    enters_on = serializers.DateField(help_text="first day in the pool")
    share = serializers.DecimalField(max_digits=13, decimal_places=12, required=False)
    class_label = serializers.CharField(max_length=200, required=False, allow_blank=True)
    products = serializers.ListField(child=serializers.CharField(max_length=200), required=False)


_IDS = {"pool": "pool", "call": "call", "patent": "patent", "membership": "membership"}
_TEXTS = {"state": "state", "publication": "patent__publication"}


class _SubmissionView(HouseView):
    def document(self, submission: Submission) -> dict[str, Any]:
        """Return a submission as its reader sees it."""
        return dict(WholeSubmissionSerializer(submission, context={"actor": self.actor}).data)

    def taken(self, request: Request, done: Submission) -> Response:
        """Answer a step with what it led to."""
        return answer_with_etag(request, self.document(done))


def _claims(given: dict[str, Any]) -> dict[str, Any]:
    if "claims" not in given:
        return given
    return {**given, "claims": [services.NewClaim(**claim) for claim in given["claims"]]}


class SubmissionsView(_SubmissionView):
    """Submissions to pools."""

    orders = {"submitted": "id", "publication": "patent__publication", "due": "due_on"}

    @extend_schema(
        operation_id="submissions_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(SubmissionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the submissions you may see: your own, those of your office, those you evaluate; the latest first."""
        rows = filtered(selectors.submissions(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, SubmissionSerializer, default="-submitted")

    @extend_schema(
        operation_id="submissions_draft",
        request=NewSubmissionSerializer,
        responses={201: WholeSubmissionSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Submit an own patent to an open call, as a draft or at once."""
        made = services.draft_submission(actor=self.actor, **_claims(self.read(NewSubmissionSerializer, request)))
        return answer_with_etag(request, self.document(made), status=201)


class SubmissionView(_SubmissionView):
    """One submission."""

    @extend_schema(operation_id="submissions_read", responses=WholeSubmissionSerializer)
    def get(self, request: Request, submission_id: UUID) -> Response:
        """Read a submission."""
        return answer_with_etag(request, self.document(selectors.get_submission(submission_id, actor=self.actor)))

    @extend_schema(
        operation_id="submissions_edit", request=SubmissionEditsSerializer, responses=WholeSubmissionSerializer
    )
    def patch(self, request: Request, submission_id: UUID) -> Response:
        """Change what is submitted, as long as it is not under way; what is left out stays."""
        change: Callable[..., Submission] = partial(
            services.edit_submission, actor=self.actor, submission_id=submission_id
        )
        return self.edit(
            request,
            SubmissionEditsSerializer,
            present=lambda: selectors.get_submission(submission_id, actor=self.actor, for_change=True),
            change=lambda **edits: change(**_claims(edits)),
            represent=self.document,
        )


class SubmissionFilingView(_SubmissionView):
    """The filing of a submission."""

    @extend_schema(operation_id="submissions_file", request=None, responses=WholeSubmissionSerializer)
    def post(self, request: Request, submission_id: UUID) -> Response:
        """File a submission, so that the office checks it."""
        return self.taken(request, services.file_submission(actor=self.actor, submission_id=submission_id))


class SubmissionReturnView(_SubmissionView):
    """The return of a submission that lacks something."""

    @extend_schema(
        operation_id="submissions_return", request=SubmissionReasonSerializer, responses=WholeSubmissionSerializer
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        """Return a submission to its owner, and say what it lacks."""
        given = self.read(SubmissionReasonSerializer, request)
        return self.taken(request, services.return_submission(actor=self.actor, submission_id=submission_id, **given))


class SubmissionCompletionView(_SubmissionView):
    """That a submission is complete."""

    @extend_schema(operation_id="submissions_complete", request=None, responses=WholeSubmissionSerializer)
    def post(self, request: Request, submission_id: UUID) -> Response:
        """Find a submission complete."""
        return self.taken(request, services.complete_submission(actor=self.actor, submission_id=submission_id))


class SubmissionReevaluationView(_SubmissionView):
    """Another look by the same panel."""

    @extend_schema(
        operation_id="submissions_reevaluate", request=SubmissionReasonSerializer, responses=WholeSubmissionSerializer
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        """Ask the same panel to look at it once more, within the time limit."""
        given = self.read(SubmissionReasonSerializer, request)
        return self.taken(
            request, services.request_reevaluation(actor=self.actor, submission_id=submission_id, **given)
        )


class SubmissionAppealView(_SubmissionView):
    """An appeal to a new panel."""

    @extend_schema(
        operation_id="submissions_appeal", request=SubmissionReasonSerializer, responses=WholeSubmissionSerializer
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        """Appeal to a new panel, within the time limit."""
        given = self.read(SubmissionReasonSerializer, request)
        return self.taken(request, services.appeal_submission(actor=self.actor, submission_id=submission_id, **given))


class SubmissionConclusionView(_SubmissionView):
    """The end of a submission whose owner asked for nothing more."""

    @extend_schema(operation_id="submissions_conclude", request=None, responses=WholeSubmissionSerializer)
    def post(self, request: Request, submission_id: UUID) -> Response:
        """Bring a submission to its end after its owner's time limit has passed."""
        return self.taken(request, services.conclude_submission(actor=self.actor, submission_id=submission_id))


class SubmissionListingView(_SubmissionView):
    """The entry of an essential patent into its pool."""

    @extend_schema(
        operation_id="submissions_list_patent", request=ListingSerializer, responses=WholeSubmissionSerializer
    )
    @idempotent
    def post(self, request: Request, submission_id: UUID) -> Response:
        """Enter a patent that was found essential into the pool, from a day on."""
        given = self.read(ListingSerializer, request)
        return self.taken(request, services.list_patent(actor=self.actor, submission_id=submission_id, **given))


class SubmissionWithdrawalView(_SubmissionView):
    """The withdrawal of a submission."""

    @extend_schema(
        operation_id="submissions_withdraw", request=WithdrawalSerializer, responses=WholeSubmissionSerializer
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        """Withdraw a submission; its patent may be submitted again."""
        given = self.read(WithdrawalSerializer, request)
        return self.taken(request, services.withdraw_submission(actor=self.actor, submission_id=submission_id, **given))
