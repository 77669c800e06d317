"""How people, organisations and roles look to a client of the API."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platform_core.chinese import for_reader
from platform_core.identity.merging import MergerPreview
from platform_core.identity.models import (
    Alliance,
    Language,
    OperatingEntity,
    Organisation,
    OrganisationKind,
    OrganisationName,
    RoleAssignment,
    Seat,
)
from platform_core.identity.roles import Purpose, Role


class OrganisationNameSerializer(serializers.ModelSerializer[OrganisationName]):
    """Another name that an organisation is found by."""

    class Meta:
        model = OrganisationName
        fields = ("name", "kind", "noted_at")


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """An organisation."""

    other_names = OrganisationNameSerializer(many=True, read_only=True)

    class Meta:
        model = Organisation
        fields = (
            "id",
            "name_zh",
            "name_en",
            "other_names",
            "kind",
            "uscc",
            "country",
            "created_at",
            "merged_into",
            "merged_at",
        )


class MergerInputSerializer(serializers.Serializer[dict[str, object]]):
    """The organisation that turned out to be the one it is merged into."""

    merged = serializers.UUIDField(source="merged_id")


class MergerMoveSerializer(serializers.Serializer[object]):
    """How many rows of a kind go over in a merger."""

    what = serializers.CharField(
        help_text="the column that refers to organisations, such as identity.Seat.organisation"
    )
    count = serializers.IntegerField()


class MergerPreviewSerializer(serializers.Serializer[object]):
    """What a merger would do, and what stands against it."""

    merged = OrganisationSerializer()
    moves = serializers.SerializerMethodField()
    hindrance = serializers.SerializerMethodField(help_text="why it cannot be done; blank where it can")

    @extend_schema_field(MergerMoveSerializer(many=True))
    def get_moves(self, preview: MergerPreview) -> list[dict[str, object]]:
        """List what goes over, kind by kind."""
        return [{"what": what, "count": count} for what, count in sorted(preview.moves.items())]

    def get_hindrance(self, preview: MergerPreview) -> str:
        """Say the refusal that a merger would meet as it would then be said."""
        return for_reader(preview.hindrance)


class OrganisationInputSerializer(serializers.Serializer[dict[str, object]]):
    """What is said of an organisation; at least one of the names."""

    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=OrganisationKind.choices, required=False)
    uscc = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="unified social credit code, 18 characters"
    )
    country = serializers.CharField(max_length=2, required=False, help_text="ISO 3166-1 alpha-2")


class AllianceSerializer(serializers.ModelSerializer[Alliance]):
    """An alliance."""

    class Meta:
        model = Alliance
        fields = ("id", "code", "name_zh", "name_en", "zone", "association", "created_at")


class AllianceInputSerializer(serializers.Serializer[dict[str, object]]):
    """What an alliance is opened with; at least one of the names."""

    code = serializers.CharField(max_length=40)
    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    zone = serializers.CharField(max_length=64, required=False)
    association = serializers.UUIDField(required=False, source="association_id")


class OperatingEntitySerializer(serializers.ModelSerializer[OperatingEntity]):
    """An operating entity."""

    class Meta:
        model = OperatingEntity
        fields = ("id", "alliance", "organisation", "code", "name_zh", "name_en", "created_at")


class OperatingEntityInputSerializer(serializers.Serializer[dict[str, object]]):
    """What an operating entity is opened with; without names it has those of its organisation."""

    alliance = serializers.UUIDField(source="alliance_id")
    organisation = serializers.UUIDField(source="organisation_id")
    code = serializers.CharField(max_length=40)
    name_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True)


class SeatSerializer(serializers.ModelSerializer[Seat]):
    """A person's place at an organisation."""

    user_name = serializers.CharField(source="user.name", read_only=True)
    organisation_name = serializers.CharField(source="organisation.__str__", read_only=True)
    waits = serializers.BooleanField(
        read_only=True,
        help_text="given from outside and not confirmed yet: opens nothing of the organisation's own until it is",
    )
    prepared_by_name = serializers.CharField(source="prepared_by.name", allow_null=True, default=None, read_only=True)
    confirmed_by_name = serializers.CharField(source="confirmed_by.name", allow_null=True, default=None, read_only=True)

    class Meta:
        model = Seat
        fields = (
            "id",
            "user",
            "user_name",
            "organisation",
            "organisation_name",
            "title",
            "created_at",
            "ended_at",
            "waits",
            "prepared_by_name",
            "confirmed_by_name",
            "confirmed_at",
        )


class SeatInputSerializer(serializers.Serializer[dict[str, object]]):
    """Who gets a seat, and where."""

    user = serializers.UUIDField(source="user_id")
    organisation = serializers.UUIDField(source="organisation_id")
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)


class RoleAssignmentSerializer(serializers.ModelSerializer[RoleAssignment]):
    """A role that a seat holds between two instants."""

    class Meta:
        model = RoleAssignment
        fields = (
            "id",
            "seat",
            "role",
            "alliance",
            "operating_entity",
            "purpose",
            "reason",
            "starts_at",
            "ends_at",
            "created_at",
        )


class RoleAssignmentInputSerializer(serializers.Serializer[dict[str, object]]):
    """Which role a seat gets, where the role is held, for which purpose, and until when."""

    seat = serializers.UUIDField(source="seat_id")
    role = serializers.ChoiceField(choices=Role.choices)
    alliance = serializers.UUIDField(source="alliance_id", required=False)
    operating_entity = serializers.UUIDField(source="operating_entity_id", required=False)
    purpose = serializers.ChoiceField(choices=Purpose.choices, required=False)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)


class HeldRoleSerializer(serializers.Serializer[object]):
    """A role the acting seat holds now."""

    role = serializers.ChoiceField(choices=Role.choices)
    alliance = serializers.UUIDField(source="alliance_id", allow_null=True)
    operating_entity = serializers.UUIDField(source="operating_entity_id", allow_null=True)
    purpose = serializers.ChoiceField(choices=Purpose.choices, allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)


class OwnSeatSerializer(serializers.ModelSerializer[Seat]):
    """A seat of the person who asks."""

    organisation_name = serializers.CharField(source="organisation.__str__", read_only=True)
    waits = serializers.BooleanField(read_only=True, help_text="whether the organisation has yet to confirm it")

    class Meta:
        model = Seat
        fields = ("id", "organisation", "organisation_name", "title", "waits")


class MeSerializer(serializers.Serializer[object]):
    """Who is signed in, which seats the person has, and what the one that acts may be."""

    user = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.ChoiceField(choices=Language.choices, help_text="of messages")
    seat = serializers.UUIDField(allow_null=True, help_text="the seat that acts; null for somebody without one")
    seats = OwnSeatSerializer(many=True)
    roles = HeldRoleSerializer(many=True)


class MeInputSerializer(serializers.Serializer[dict[str, object]]):
    """What people choose for themselves."""

    language = serializers.ChoiceField(choices=Language.choices)


class SeatChoiceSerializer(serializers.Serializer[dict[str, object]]):
    """The seat to act in from now on."""

    seat = serializers.UUIDField()


class PlannedPersonSerializer(serializers.Serializer[object]):
    """Somebody who could take a decision."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class PlannedDecisionSerializer(serializers.Serializer[object]):
    """A decision of two people at one place, and the people who could take it today."""

    decision = serializers.CharField()
    operating_entity = serializers.UUIDField(source="operating_entity.pk", allow_null=True, default=None)
    people = PlannedPersonSerializer(many=True)
    enough = serializers.BooleanField(help_text="whether two of them are independent of each other, or one may decide")
    tied = serializers.BooleanField(help_text="whether there are people enough, and no two that are independent")
    roles = serializers.ListField(
        child=serializers.CharField(), help_text="the roles of which one more person would make the plan whole"
    )


class EndingInputSerializer(serializers.Serializer[object]):
    """What is said on ending a seat or a role."""

    urgent_reason = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=500,
        help_text="why access is withdrawn at once, although a decision of two people loses its second one by it",
    )
