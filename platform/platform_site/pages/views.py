"""The views of the server's own pages."""

import importlib.metadata
from dataclasses import asdict
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.cache import patch_vary_headers
from django.utils.translation import check_for_language, get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from platform_core.api import problems
from platform_core.identity.models import User
from platform_site.pages.health import readiness
from platform_site.pages.texts import texts_for

API = "api/v1/"


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of ours shows: its words and who is signed in."""
    return {"t": texts_for(get_language()), "version": importlib.metadata.version("lianchi")}


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, how it is, and where to go."""
    response = render(
        request,
        "platform_site/home.html",
        {**page_context(request), "state": readiness(), "collections": collections()},
    )
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def collections() -> list[str]:
    """Return the addresses of the API's collections, as the site answers them now."""
    found: set[str] = set()

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            elif route.startswith(API) and "<" not in route and not route.startswith((f"{API}schema", f"{API}docs")):
                found.add(f"/{route}")

    walk(get_resolver().url_patterns, "")
    return sorted(found)


class SignInForm(AuthenticationForm):
    """E-mail address and password, counted as everywhere; whoever has a second factor signs in by the application."""

    def clean(self) -> dict[str, Any]:
        """Find the person, or refuse without saying which part was wrong."""
        if self.request is None:
            raise TypeError("a sign-in belongs to a request")
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        user = get_adapter().authenticate(self.request, email=email or "", password=password or "")
        if not isinstance(user, User) or is_mfa_enabled(user):
            raise self.get_invalid_login_error()
        self.user_cache = user
        return self.cleaned_data


class SignIn(LoginView):
    """Sign in with e-mail address and password."""

    form_class = SignInForm
    template_name = "platform_site/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page's words."""
        return {**super().get_context_data(**kwargs), **page_context(self.request)}


class SignOut(LogoutView):
    """Sign out and return to the first page."""


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's choice of language on this machine."""
    language = request.POST.get("language", "")
    response = HttpResponse(status=303, headers={"Location": "/"})
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


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
