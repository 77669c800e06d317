"""One place where every failure of a request becomes a problem document (RFC 9457, `application/problem+json`)."""

import logging
import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import get_language
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from platform_core.api.request_ids import request_id_of
from platform_core.chinese import in_chinese
from platform_core.database_rules import NOT_MERGED
from platform_core.problems import (
    BadRequest,
    Conflict,
    FieldError,
    InvalidInput,
    NotAllowed,
    NotFound,
    Problem,
    SignInNeeded,
)

logger = logging.getLogger(__name__)

PROBLEM_JSON: Final = "application/problem+json"


class MethodNotAllowed(Problem):
    """The address is right, but not for this method."""

    code = "method_not_allowed"
    status = 405
    title = "Not possible with this method"


class NotAcceptable(Problem):
    """The answer is not available in the form asked for."""

    code = "not_acceptable"
    status = 406
    title = "Not available in this form"


class TooLarge(Problem):
    """More was sent than is taken."""

    code = "too_large"
    status = 413
    title = "Too much was sent"


class UnsupportedMedia(Problem):
    """What was sent is not in a form that is read here."""

    code = "unsupported_media_type"
    status = 415
    title = "Not read in this form"


class TooManyRequests(Problem):
    """Too many requests in a short time."""

    code = "too_many_requests"
    status = 429
    title = "Too many requests"


class Unexpected(Problem):
    """A fault of ours; the log has it under the reference."""

    code = "unexpected"
    status = 500
    title = "Something went wrong here"


DOCUMENTED: Final[tuple[type[Problem], ...]] = (
    BadRequest,
    SignInNeeded,
    NotAllowed,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    UnsupportedMedia,
    TooLarge,
    InvalidInput,
    TooManyRequests,
    Unexpected,
)
"""The problems any operation may answer with; those that only some have are added where they apply."""


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answer any exception of a view (the setting `EXCEPTION_HANDLER` of Django REST framework)."""
    request: HttpRequest | None = context.get("request")
    problem = problem_of(error)
    if problem is None:
        problem = unexpected(error, request)
    set_rollback()
    response = Response(_document(problem, request), status=problem.status, content_type=PROBLEM_JSON)
    for name, value in _headers(error, problem).items():
        response[name] = value
    return response


def problem_of(error: BaseException) -> Problem | None:
    """Translate an exception into the problem it stands for; None if nobody foresaw it."""
    match error:
        case Problem():
            return error
        case Http404() | exceptions.NotFound():
            return NotFound("There is nothing at this address, or you may not see it.")
        case exceptions.ValidationError():
            return InvalidInput(errors=_field_errors(error.detail))
        case exceptions.ParseError():
            return BadRequest(f"{error.detail}")
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return SignInNeeded()
        case PermissionDenied() | exceptions.PermissionDenied():
            return NotAllowed(_detail_of(error))
        case exceptions.MethodNotAllowed():
            return MethodNotAllowed(f"{error.detail}")
        case exceptions.NotAcceptable():
            return NotAcceptable("This is answered as application/json.")
        case exceptions.UnsupportedMediaType():
            return UnsupportedMedia(f"{error.detail}")
        case exceptions.Throttled():
            wait = _seconds_to_wait(error)
            return TooManyRequests(f"Try again in {wait} seconds.", retry_after=wait)
        case RequestDataTooBig() | TooManyFilesSent():
            return TooLarge("Send less at once, or as a file.")
        case IntegrityError() if _constraint(error) == NOT_MERGED:
            return Conflict("This organisation was merged into another one: choose that one.")
        case UnreadablePostError():
            return BadRequest("The request broke off before it was complete.")
        case exceptions.APIException():
            return _other(error)
    return None


def _constraint(error: BaseException) -> str | None:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)


def unexpected(error: BaseException, request: HttpRequest | None) -> Unexpected:
    """Log a fault of ours, and say no more about it than the reference under which it is logged."""
    reference = request_id_of(request)
    logger.error("request %s failed unexpectedly", reference, exc_info=error)
    return Unexpected("It has been logged. If you report it, give the reference.", reference=reference)


def problem_response(problem: Problem, request: HttpRequest) -> HttpResponse:
    """Make the plain Django answer for a problem, for what happens outside the views of the API."""
    return JsonResponse(_document(problem, request), status=problem.status, content_type=PROBLEM_JSON)


def refusal(error: Exception, request: HttpRequest) -> HttpResponse:
    """Make the plain Django answer for what refuses a request, with the headers that go with it."""
    problem = problem_of(error) or Unexpected()
    response = problem_response(problem, request)
    for name, value in _headers(error, problem).items():
        response[name] = value
    return response


def unexpected_response(request: HttpRequest) -> HttpResponse:
    """Make the plain Django answer for a fault that Django has logged, with the reference it stands under."""
    detail = "It has been logged. If you report it, give the reference."
    return problem_response(Unexpected(detail, reference=request_id_of(request)), request)


def _document(problem: Problem, request: HttpRequest | None) -> dict[str, object]:
    document = problem.members()
    if get_language() == "zh-hans":
        document |= _in_chinese(problem, document)
    if request is not None:
        document.setdefault("instance", request.path)
    return document


def _in_chinese(problem: Problem, document: Mapping[str, object]) -> dict[str, object]:
    """Return what people read of a problem in Chinese; codes, pointers and values stay."""
    said: dict[str, object] = {"title": in_chinese(problem.title)}
    errors = problem.errors if isinstance(problem, InvalidInput) else ()
    if errors:
        messages = [in_chinese(error.message) for error in errors]
        said["errors"] = [
            {"pointer": error.pointer, "code": error.code, "message": message}
            for error, message in zip(errors, messages, strict=True)
        ]
    if problem.detail:
        # Without words of its own such a problem repeats those of its mistakes.
        repeats = bool(errors) and problem.detail == "; ".join(error.message for error in errors)
        said["detail"] = "；".join(messages) if repeats else in_chinese(problem.detail)
    if isinstance(lines := document.get("lines"), list):
        said["lines"] = [{**line, "message": in_chinese(line["message"])} for line in lines]
    return said


def _headers(error: Exception, problem: Problem) -> dict[str, str]:
    headers: dict[str, str] = {}
    if isinstance(problem, SignInNeeded):
        headers["WWW-Authenticate"] = "Session"
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(_seconds_to_wait(error))
    elif isinstance(wait := problem.extra.get("retry_after"), int):
        headers["Retry-After"] = str(wait)
    return headers


def _seconds_to_wait(error: exceptions.Throttled) -> int:
    # The stubs do not know the attribute, which is None where the throttle cannot tell.
    wait: float | None = getattr(error, "wait", None)
    return max(1, math.ceil(wait or 1))


def _detail_of(error: Exception) -> str:
    if isinstance(error, exceptions.PermissionDenied) and "CSRF" in str(error.detail):
        return "The CSRF token is missing or wrong: load the page again."
    return ""


def _other(error: exceptions.APIException) -> Problem:
    status = error.status_code

    class Other(Problem):
        """Another refusal of the framework, with its own status."""

        code = "refused"
        title = HTTPStatus(status).phrase

    Other.status = status
    return Other(str(error.detail))


def _field_errors(detail: object, pointer: str = "") -> Iterator[FieldError]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            # Errors about the whole object stand under a name of their own; they point to the object.
            step = "" if name == "non_field_errors" else f"/{str(name).replace('~', '~0').replace('/', '~1')}"
            yield from _field_errors(inner, pointer + step)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _field_errors(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield FieldError(pointer, getattr(detail, "code", None) or "invalid", str(detail))
