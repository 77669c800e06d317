"""Every address of the site: the API of each app under /api/v1/, health, and the web application for all others."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from platform_site.metrics import metrics
from platform_site.pages.application import application
from platform_site.pages.docs import ApiDescription, ApiDocs
from platform_site.pages.views import alive, ready
from platform_site.rooms import apps_with

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", alive, name="alive"),
    path("readyz", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/schema/", ApiDescription.as_view(), name="schema"),
    path("api/v1/docs/", ApiDocs.as_view(url_name="schema"), name="docs"),
    # The browser's sign-in (docs/sign-in.md), and where an organisation's own sign-in sends people back to.
    path("_allauth/", include("allauth.headless.urls")),
    path("_allauth/", include("allauth.urls")),
    *(path("api/v1/", include(module)) for module in apps_with("urls")),
    # Everything else is the web application's, which knows its own addresses.
    re_path(r"^(?!(?:api|_allauth|static|ws)(?:/|$))", application, name="application"),
]

handler400 = "platform_site.pages.views.bad_request"
handler403 = "platform_site.pages.views.forbidden"
handler404 = "platform_site.pages.views.not_found"
handler500 = "platform_site.pages.views.failed"
