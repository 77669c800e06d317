"""The views of the server's own pages."""

import importlib.metadata
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from platform_core.api import problems
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


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _refusal(request: HttpRequest, *, status: int, title: str, text: str) -> HttpResponse:
    context = {**page_context(request), "title": title, "text": text}
    return render(request, "platform_site/refusal.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request itself is broken; whoever sends such a thing is a program in any case."""
    return problems.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this is not allowed."""
    if _is_for_programs(request):
        return problems.permission_denied(request, exception)
    t = texts_for(get_language())
    return _refusal(request, status=403, title=t.forbidden, text=t.forbidden_text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page."""
    if _is_for_programs(request):
        return problems.not_found(request, exception)
    t = texts_for(get_language())
    return _refusal(request, status=404, title=t.not_found, text=t.not_found_text)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that an error of ours kept the page from being made."""
    if _is_for_programs(request):
        return problems.server_error(request)
    t = texts_for(get_language())
    return _refusal(request, status=500, title=t.failed, text=t.failed_text)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form did not carry the token that proves it came from our page."""
    if _is_for_programs(request):
        return problems.csrf_failure(request, reason)
    t = texts_for(get_language())
    return _refusal(request, status=403, title=t.forbidden, text=t.forbidden_text)
