"""One process for pages, websockets and, unless RUN_JOBS is 0, background jobs."""

import os
import warnings
from typing import TYPE_CHECKING, cast

from django.core.asgi import get_asgi_application

if TYPE_CHECKING:
    from platform_site.bodies import Application


def _application() -> "Application":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings")
    # Our few static files are small; reading one whole before it is sent is what the warning tells us, and is fine.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    # Django must be set up before anything may import a model.
    pages = get_asgi_application()
    from django.conf import settings

    from platform_site.connections import application_with
    from platform_site.forwarding import forwarded

    application = application_with(cast("Application", pages))
    return forwarded(application, settings.PROXIES) if settings.PROXIES else application


application = _application()
