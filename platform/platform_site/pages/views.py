"""The views of the server's own pages."""

import importlib.metadata
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from platform_core.api.problems import problem_of, problem_response, unexpected_response
from platform_core.problems import BadRequest, NotAllowed, NotFound, Problem
from platform_site.pages.health import readiness
from platform_site.pages.texts import texts_for


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of ours shows: its words and who is signed in."""
    return {"t": texts_for(get_language()), "version": importlib.metadata.version("lianchi")}


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Say that the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether the site can be used; 503 while it cannot."""
    state = readiness()
    return JsonResponse({"ready": state.ready, **asdict(state)}, status=200 if state.ready else 503)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request itself is broken; whoever sends such a thing is a program in any case."""
    return problem_response(problem_of(exception) or BadRequest(), request)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this is not allowed."""
    return _told(request, problem_of(exception) or NotAllowed(), "forbidden")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page."""
    return _told(request, NotFound("There is nothing at this address."), "not_found")


def failed(request: HttpRequest) -> HttpResponse:
    """Say that an error of ours kept the page from being made."""
    if _is_for_programs(request):
        return unexpected_response(request)
    return _page(request, "failed", status=500)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form did not carry the token that proves it came from our page."""
    problem = NotAllowed("The CSRF token is missing or wrong: load the page again.")
    return _told(request, problem, "forbidden")


def _told(request: HttpRequest, problem: Problem, page: str) -> HttpResponse:
    """Tell a program the problem, and a person the same as a page."""
    if _is_for_programs(request):
        return problem_response(problem, request)
    return _page(request, page, status=problem.status)


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _page(request: HttpRequest, name: str, *, status: int) -> HttpResponse:
    context = page_context(request)
    texts = asdict(texts_for(get_language()))
    context |= {"title": texts[name], "text": texts[f"{name}_text"]}
    return render(request, "platform_site/refusal.html", context, status=status)
