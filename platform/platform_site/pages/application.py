"""The page of the web application: one document for all its addresses, with the built files it starts from."""

import json
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from platform_site.pages.texts import texts_for
from platform_site.security import policy

BUILT = Path(__file__).resolve().parents[1] / "static" / "app"
"""Where `make up` puts the built application."""

ENTRY = "src/main.tsx"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Built:
    """The files a browser needs to start the application, as addresses below the static files."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


@never_cache
@ensure_csrf_cookie
@require_safe
def application(request: HttpRequest) -> HttpResponse:
    """Answer any address that is not the server's own with the application, which finds the page for it."""
    if "." in request.path.rsplit("/", 1)[-1]:
        # The application has no address with a dot in it: this is a file somebody believes to be here.
        raise Http404
    found = built_files()
    texts = texts_for(_language(request))
    if found is None:
        return render(request, "platform_site/unbuilt.html", {"t": texts}, status=503)
    nonce = secrets.token_urlsafe(18)
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {
        "t": texts,
        "nonce": nonce,
        "theme": theme if theme in THEMES else "",
        "script": static(found.script),
        "styles": [static(name) for name in found.styles],
        "preloads": [static(name) for name in found.preloads],
    }
    response = render(request, "platform_site/app.html", context)
    response.headers["Content-Security-Policy"] = policy(style_nonce=nonce)
    return response


def _language(request: HttpRequest) -> str | None:
    """Return the reader's language; whoever asks for none that we speak is spoken to in Chinese."""
    if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME):
        return get_language()
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    return get_language() if any(code[:2] in ("en", "zh") for code, _weight in asked) else "zh-hans"


def built_files() -> Built | None:
    """Return what the application starts from; nothing while it has not been built."""
    try:
        return _read(BUILT / "manifest.json")
    except FileNotFoundError:
        return None


# Read once: static files are looked for when the site starts, so a later build is served after the next start.
@lru_cache(maxsize=2)
def _read(manifest: Path) -> Built:
    chunks: dict[str, dict[str, Any]] = json.loads(manifest.read_text())
    names = with_imports(chunks, ENTRY)
    styles = dict.fromkeys(f"app/{style}" for name in names for style in chunks[name].get("css", ()))
    return Built(
        script=f"app/{chunks[ENTRY]['file']}",
        styles=tuple(styles),
        preloads=tuple(f"app/{chunks[name]['file']}" for name in names if name != ENTRY),
    )


def with_imports(chunks: dict[str, dict[str, Any]], *entries: str) -> list[str]:
    """Return the names of chunks with everything they import before they run, each once."""
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting.extend(chunks[name].get("imports", ()))
    return list(found)
