"""Closing books and opening closed days again, over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.actors import Actor
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.ledger import selectors, services
from platform_core.ledger.models import BookClosing, BookReopening


class BookClosingSerializer(serializers.ModelSerializer[BookClosing]):
    """The books were closed through a day, or opened again."""

    user_name = serializers.CharField(source="user.name", default="", read_only=True)

    class Meta:
        model = BookClosing
        fields = ("id", "operating_entity_id", "number", "closed_through", "reason", "reopening_id", "at", "user_name")


class NewBookClosingSerializer(serializers.Serializer[Any]):
    """Through which day books are to be closed."""

    through = serializers.DateField(help_text="the last closed day")


class BookReopeningSerializer(serializers.ModelSerializer[BookReopening]):
    """Somebody asks to open closed days again, and somebody else decides."""

    operating_entity_name = serializers.CharField(source="operating_entity", read_only=True)
    asked_by_name = serializers.CharField(source="asked_by.name", read_only=True)
    decided_by_name = serializers.CharField(source="decided_by.name", default="", read_only=True)

    class Meta:
        model = BookReopening
        fields: tuple[str, ...] = (
            "id",
            "operating_entity_id",
            "operating_entity_name",
            "through",
            "reason",
            "state",
            "asked_by_name",
            "asked_at",
            "decided_by_name",
            "decided_at",
            "answer",
        )


class WholeBookReopeningSerializer(BookReopeningSerializer):
    """A question whether closed days are opened again, with what you can do about it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(BookReopeningSerializer.Meta):
        fields = (*BookReopeningSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, asked: BookReopening) -> list[str]:
        """List what can be done."""
        return selectors.reopening_steps(asked, actor=self.context["actor"])


class NewBookReopeningSerializer(serializers.Serializer[Any]):
    """Which closed days are to be opened, and why."""

    operating_entity_id = serializers.UUIDField()
    through = serializers.DateField(allow_null=True, help_text="the last day that stays closed; null: none does")
    reason = serializers.CharField(max_length=500)


class BookReopeningRefusalSerializer(serializers.Serializer[Any]):
    """Why closed days stay closed."""

    answer = serializers.CharField(max_length=500)


class BookClosingsView(HouseView):
    """Closings of the books of an operating entity."""

    orders = {"number": "number"}

    @extend_schema(operation_id="operating_entities_book_closings", responses=page_of(BookClosingSerializer))
    def get(self, request: Request, entity_id: UUID) -> Response:
        """List when books were closed and opened again, the latest first."""
        rows = selectors.book_closings(entity_id, actor=self.actor)
        return self.page(rows, BookClosingSerializer, default="-number")

    @extend_schema(
        operation_id="operating_entities_close_books",
        request=NewBookClosingSerializer,
        responses={201: BookClosingSerializer},
    )
    @idempotent
    def post(self, request: Request, entity_id: UUID) -> Response:
        """Close books through a day: nothing takes effect on a closed day any more."""
        through = self.read(NewBookClosingSerializer, request)["through"]
        made = services.close_books(actor=self.actor, operating_entity_id=entity_id, through=through)
        return Response(BookClosingSerializer(made).data, status=201)


class BookReopeningsView(HouseView):
    """Questions whether closed days are opened again."""

    orders = {"asked": "asked_at"}
    _ids = {"operating_entity": "operating_entity"}
    _texts = {"state": "state"}

    @extend_schema(
        operation_id="book_reopenings_list",
        parameters=parameters_of(ids=_ids, texts=_texts),
        responses=page_of(BookReopeningSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what was asked and decided, the latest first."""
        rows = filtered(selectors.book_reopenings(actor=self.actor), request, ids=self._ids, texts=self._texts)
        return self.page(rows, BookReopeningSerializer, default="-asked")

    @extend_schema(
        operation_id="book_reopenings_ask",
        request=NewBookReopeningSerializer,
        responses={201: WholeBookReopeningSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask to open closed days again; another person decides."""
        asked = services.ask_to_reopen_books(actor=self.actor, **self.read(NewBookReopeningSerializer, request))
        return Response(_whole(asked, self.actor), status=201)


class BookReopeningView(HouseView):
    """One question whether closed days are opened again."""

    @extend_schema(operation_id="book_reopenings_read", responses=WholeBookReopeningSerializer)
    def get(self, request: Request, reopening_id: UUID) -> Response:
        """Read what was asked, what became of it, and what you can do about it."""
        asked = selectors.get_book_reopening(reopening_id, actor=self.actor)
        return answer_with_etag(request, _whole(asked, self.actor))


class GrantView(HouseView):
    """The grant of a reopening."""

    @extend_schema(operation_id="book_reopenings_grant", request=None, responses=WholeBookReopeningSerializer)
    def post(self, request: Request, reopening_id: UUID) -> Response:
        """Open closed days again as the second person."""
        return Response(_whole(services.grant_book_reopening(actor=self.actor, reopening_id=reopening_id), self.actor))


class RefusalView(HouseView):
    """The refusal of a reopening."""

    @extend_schema(
        operation_id="book_reopenings_refuse",
        request=BookReopeningRefusalSerializer,
        responses=WholeBookReopeningSerializer,
    )
    def post(self, request: Request, reopening_id: UUID) -> Response:
        """Leave closed days closed as the second person, and say why."""
        answer = self.read(BookReopeningRefusalSerializer, request)["answer"]
        refused = services.refuse_book_reopening(actor=self.actor, reopening_id=reopening_id, answer=answer)
        return Response(_whole(refused, self.actor))


class WithdrawalView(HouseView):
    """The withdrawal of what was asked."""

    @extend_schema(operation_id="book_reopenings_withdraw", request=None, responses=WholeBookReopeningSerializer)
    def post(self, request: Request, reopening_id: UUID) -> Response:
        """Ask no longer to open closed days."""
        withdrawn = services.withdraw_book_reopening(actor=self.actor, reopening_id=reopening_id)
        return Response(_whole(withdrawn, self.actor))


def _whole(asked: BookReopening, actor: Actor) -> dict[str, Any]:
    document: dict[str, Any] = WholeBookReopeningSerializer(asked, context={"actor": actor}).data
    return document
