"""The view every address of the API is made from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from platform_core.access.actors import Actor
from platform_core.access.kernel import visible_rows
from platform_core.access.log import log_staff_request
from platform_core.api.bodies import ENCODING, PlainJSONParser
from platform_core.api.etags import answer_with_etag, require_match
from platform_core.api.exports import asked_form, export_answer
from platform_core.api.limits import spend_request, spend_stranger, tell_allowance
from platform_core.api.pagination import Search, asked_order, in_order, paginate
from platform_core.api.requests import actor_of, actor_or_public
from platform_core.api.sparse import SPARSE_JSON, asked_fields, keep_fields
from platform_core.problems import NotAllowed, invalid

M = TypeVar("M", bound=Model)
Edited = TypeVar("Edited")


class FormFromAddress(DefaultContentNegotiation):
    """A `format` in the address decides by itself, and what the request says it accepts is not asked."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Choose how an answer is written: JSON, unless the view makes a file."""
        known = list(renderers)
        if request.query_params.get("format"):
            return known[0], known[0].media_type or ""
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, known, format_suffix)
        return chosen


class HouseView(APIView):
    """A plain view: it reads the request, calls one service or selector as the actor, and represents the result.

    Whoever is not signed in is turned away, unless they read where `public` is set, or write where even that is open
    to strangers; what an actor may see and do beyond that is decided by the kernel, inside services and selectors,
    never here.
    """

    # Contents are JSON; a view that takes files says so itself, and takes nothing else.
    parser_classes = [PlainJSONParser]
    content_negotiation_class = FormFromAddress

    public: ClassVar[bool] = False
    strangers_write: ClassVar[bool] = False
    orders: ClassVar[Mapping[str, str]] = {}
    """The names a list can be ordered by, and their columns; a view with any is documented as a list in pages."""

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Make the framework's request of one; what it carries is read in the one encoding there is."""
        request.encoding = ENCODING
        return super().initialize_request(request, *args, **kwargs)

    def get_permissions(self) -> Sequence[BasePermission]:
        """Ask for a signed-in user, unless the address is public; to change anything there, one has to sign in."""
        if not self.public:
            return [IsAuthenticated()]
        return [AllowAny()] if self.strangers_write else [IsAuthenticatedOrReadOnly()]

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks, and count the request against them; one whose sign-in fails, against its address."""
        try:
            super().perform_authentication(request)
        except APIException:
            spend_stranger(request._request)
            raise
        spend_request(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Finish any answer, with what is left to its caller."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        tell_allowance(request._request, finished)
        return finished

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the request before it is handled; what is asked for under a staff session is put on record."""
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated:
            # Whoever has no seat, or names one that is not theirs, hears of it where the actor is needed.
            with suppress(NotAllowed):
                log_staff_request(f"{request.method} {request.get_full_path()}", actor=actor_of(request))

    @property
    def actor(self) -> Actor:
        """Who acts in this request."""
        return actor_or_public(self.request) if self.public else actor_of(self.request)

    def read(self, serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
        """Return the validated contents of the request, or answer with every mistake and its place."""
        reader = serializer(data=request.data, context={"request": request, "actor": self.actor})
        reader.is_valid(raise_exception=True)
        contents: dict[str, Any] = reader.validated_data
        return contents

    def edit(
        self,
        request: Request,
        edits: type[Serializer[Any]],
        *,
        present: Callable[[], Edited],
        change: Callable[..., Edited],
        represent: Callable[[Edited], Mapping[str, Any]],
        version: Callable[[Edited], Mapping[str, Any]] | None = None,
    ) -> Response:
        """Carry out an edit that starts from the version its client has seen, and answer with what it led to.

        `present` fetches what is edited and locks it; what the request leaves out stays as it is. `version` returns
        what can be edited, where the rest changes by itself (see `answer_with_etag`).
        """
        return self.step(
            request,
            present=present,
            take=lambda: change(**self.read(edits, request)),
            represent=represent,
            version=version,
        )

    def step(
        self,
        request: Request,
        *,
        present: Callable[[], Edited],
        take: Callable[[], Edited],
        represent: Callable[[Edited], Mapping[str, Any]],
        version: Callable[[Edited], Mapping[str, Any]] | None = None,
        as_read: bool = False,
    ) -> Response:
        """Take a step from the version its client has seen, and answer with what it led to.

        What `present` locks stays so until the step is done. `as_read` is for steps that bind (see `require_match`).
        """
        with transaction.atomic():
            require_match(request, (version or represent)(present()), as_read=as_read)
            taken = take()
            return answer_with_etag(request, represent(taken), version=version(taken) if version else None)

    @property
    def exporting(self) -> bool:
        """Whether the request wants a list as a file, not as a page."""
        return asked_form(self.request) is not None

    def page(
        self,
        rows: QuerySet[M],
        serializer: type[BaseSerializer[Any]],
        *,
        default: str,
        context: Mapping[str, Any] | None = None,
        about: Callable[[Sequence[M]], Mapping[str, Any]] | None = None,
        search: Search[M] | None = None,
    ) -> Response:
        """Answer with the page of a list that the request asks for, or with the whole list as a file.

        It is ordered by one of the view's `orders`. `about` is called with the rows before they are represented, some
        at a time: it notes that they are read where that is owed, and returns what the serializer must know of them.
        `search` says what a search narrowed, if one did.
        """
        given: dict[str, Any] = {"request": self.request, "actor": self.actor, **(context or {})}
        model = serializer(context=given)
        if not isinstance(model, Serializer):
            raise TypeError(f"{serializer.__name__} represents no object with fields")
        names = asked_fields(self.request, list(model.fields))
        keep_fields(model, names)

        def represent(part: Sequence[M]) -> list[dict[str, Any]]:
            if about is not None:
                given.update(about(part))
            return [model.to_representation(row) for row in part]

        form = asked_form(self.request)
        if form is None:
            found = paginate(rows, self.request, orders=self.orders, default=default, search=search)
            return Response(found.document(represent), content_type=None if names is None else SPARSE_JSON)
        _, column, down = asked_order(self.request, orders=self.orders, default=default)
        file = export_answer(
            in_order(rows, column, down),
            form,
            name=self.request.path.rstrip("/").rsplit("/", 1)[-1],
            on=timezone.localdate(self.actor.clock.now()),
            serializer=model,
            represent=represent,
        )
        # The framework finishes any answer alike; views promise the kind that nearly all of theirs have.
        return cast(Response, file)


def resolve(model: type[M], pk: UUID, *, actor: Actor, pointer: str) -> M:
    """Return what a client's input refers to; if the actor may not see it, the answer is as if it were not there."""
    found = model._default_manager.filter(visible_rows(actor, model), pk=pk).first()
    if found is None:
        raise invalid(pointer, "unknown", f"There is no such {model._meta.verbose_name}, or you may not see it.")
    return found
