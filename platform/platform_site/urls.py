"""Every address of the site: the home page, sign-in, health, and the API of each app under /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path

from platform_site.rooms import apps_with

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("api/v1/", include(module)) for module in apps_with("urls")),
]
