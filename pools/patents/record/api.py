"""The record of a patent over HTTP: bibliography with the source of each field, and legal status with its reasons."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.views import HouseView
from pools.patents.differences.calculation import Standing
from pools.patents.models import LegalEvent, Publication, RightKind
from pools.patents.models.records import Source
from pools.patents.record import selectors
from pools.patents.status import Effect, State, effect_of


class PublicationSerializer(serializers.ModelSerializer[Publication]):
    """A document an office published of a patent."""

    class Meta:
        model = Publication
        fields = ("number", "published_on")


class FieldSourceSerializer(serializers.Serializer[Any]):
    """Where the value of a field is from, and of when."""

    field = serializers.CharField(help_text="the name of the field here")
    kind = serializers.ChoiceField(choices=Source.Kind.choices, help_text="whose word it is")
    read_at = serializers.DateTimeField(help_text="when it was read")
    name = serializers.CharField(help_text="the file or database; blank for whom it is not")


class PrioritySerializer(serializers.Serializer[Any]):
    """An earlier application whose day counts."""

    number = serializers.CharField()
    on = serializers.DateField(allow_null=True)


class PatentRecordSerializer(serializers.Serializer[Any]):
    """What the documents of a patent say of it, and of each field where that is from."""

    patent_id = serializers.UUIDField(source="patent.pk")
    right = serializers.ChoiceField(
        choices=[*RightKind.choices, ("", "not known")], source="patent.right", help_text="blank: not known"
    )
    title = serializers.CharField(source="patent.title")
    title_en = serializers.CharField(source="bibliography.title_en")
    abstract = serializers.CharField(source="bibliography.abstract")
    first_claim = serializers.CharField(source="bibliography.first_claim")
    filed_on = serializers.DateField(source="patent.filed_on", allow_null=True)
    priority_on = serializers.DateField(source="bibliography.priority_on", allow_null=True)
    priorities = PrioritySerializer(many=True)
    applicants = serializers.ListField(child=serializers.CharField(), source="bibliography.applicants")
    inventors = serializers.ListField(child=serializers.CharField(), source="bibliography.inventors")
    address = serializers.CharField(source="bibliography.address")
    agency = serializers.CharField(source="bibliography.agency")
    agents = serializers.ListField(child=serializers.CharField(), source="bibliography.agents")
    ipc = serializers.ListField(child=serializers.CharField(), source="bibliography.ipc")
    cpc = serializers.ListField(child=serializers.CharField(), source="bibliography.cpc")
    claims_count = serializers.IntegerField(source="bibliography.claims_count", allow_null=True)
    standards = serializers.ListField(child=serializers.CharField(), source="bibliography.standards")
    office_status = serializers.CharField(
        source="bibliography.office_status", help_text="what the source calls its legal status"
    )
    publications = PublicationSerializer(many=True)
    sources = FieldSourceSerializer(many=True)


class LegalEventSerializer(serializers.ModelSerializer[LegalEvent]):
    """What an office announced of a patent."""

    effect = serializers.SerializerMethodField()
    told = serializers.DictField(child=serializers.CharField(), help_text="what else it says: owner, fee_year, paid_on")
    source_kind = serializers.ChoiceField(choices=Source.Kind.choices, source="source.kind")
    read_at = serializers.DateTimeField(source="source.read_at", help_text="when the file was read that told of it")

    class Meta:
        model = LegalEvent
        fields = (
            "id",
            "office",
            "code",
            "effect",
            "announced_on",
            "effective_on",
            "at_office",
            "at_code",
            "text",
            "document",
            "told",
            "source_kind",
            "read_at",
        )

    def get_effect(self, row: LegalEvent) -> Effect | None:
        """Say what the event does to a right; null: nothing that is known."""
        return effect_of(row.office, row.code)


class IntervalSerializer(serializers.Serializer[Any]):
    """A time a right was in force."""

    from_on = serializers.DateField(source="first")
    to_on = serializers.DateField(source="end", allow_null=True, help_text="first day no longer in force; null: open")
    ended_by_id = serializers.SerializerMethodField()

    def get_ended_by_id(self, interval: Any) -> UUID | None:
        """Name the event that ended it; null: the term did, or nothing."""
        row = self.context["by_event"].get(interval.ended_by)
        return None if row is None else row.pk


class LegalStatusSerializer(serializers.Serializer[Any]):
    """How a right stands today in its country, since when and why, and all that was announced of it."""

    state = serializers.ChoiceField(choices=[(state.value, state.value) for state in State])
    since = serializers.DateField(allow_null=True)
    decided_by = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in selectors.DecidedBy],
        help_text="a legal event, the end of the term, the end on record, or filing and grant alone",
    )
    why = LegalEventSerializer(allow_null=True)
    intervals = IntervalSerializer(many=True)
    recorded = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Standing],
        help_text="how it stands by the days on record, by which closes count it",
    )
    agrees = serializers.BooleanField(help_text="whether the days on record say the same")
    to_look_at = serializers.ListField(
        child=serializers.UUIDField(), help_text="events that may end or revive a right, and that a person should read"
    )
    events = LegalEventSerializer(many=True)


class PatentRecordView(HouseView):
    """What is on record about a patent."""

    public = True

    @extend_schema(operation_id="patents_read_bibliography", responses=PatentRecordSerializer)
    def get(self, request: Request, patent_id: UUID) -> Response:
        """Read what the documents of a patent say, and of each field where that is from."""
        return Response(PatentRecordSerializer(selectors.patent_record(patent_id, actor=self.actor)).data)


class LegalStatusView(HouseView):
    """The legal status of a patent."""

    public = True

    @extend_schema(operation_id="patents_read_legal_status", responses=LegalStatusSerializer)
    def get(self, request: Request, patent_id: UUID) -> Response:
        """Read how a patent stands today, why, when it was in force, and what offices announced of it."""
        found = selectors.legal_status(patent_id, actor=self.actor)
        return Response(LegalStatusSerializer(found, context={"by_event": found.ended_by}).data)
