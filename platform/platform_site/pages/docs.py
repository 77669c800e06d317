"""The API reference as a page, with everything it loads coming from this site."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from platform_site.security import POLICY

_WRITTEN: dict[str, bytes] = {}
"""The description in each form it was asked for: writing it takes seconds, and anybody may ask."""


class ApiDescription(SpectacularAPIView):
    """The API's description as a file."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give the description, written once for as long as the process runs."""
        form = request.accepted_renderer
        if form.format not in _WRITTEN:
            generator: Any = self.generator_class()
            written: Any = form.render(generator.get_schema(request=None, public=True), renderer_context={})
            _WRITTEN[form.format] = written if isinstance(written, bytes) else written.encode()
        return HttpResponse(_WRITTEN[form.format], content_type=form.media_type)


class ApiDocs(SpectacularSwaggerSplitView):
    """The API reference, to read and to try."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Draw the page; its viewer sets styles on elements, which no other page of ours may."""
        inherited: Any = super()
        response: Response = inherited.get(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = POLICY.replace(
            "style-src 'self'", "style-src 'self' 'unsafe-inline'"
        )
        return response
