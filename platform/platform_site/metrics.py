"""What a monitor reads of the site (Prometheus): requests by route, jobs, sockets, connections; never an id."""

import hmac
import ipaddress
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from platform_core.jobs.lifecycle import OPEN_STATES
from platform_core.jobs.models import Job
from platform_core.realtime.hub import running_hub

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE: Final = "(none)"

REGISTRY: Final = CollectorRegistry()
REQUESTS: Final = Counter(
    "lianchi_http_requests", "Requests answered", ["method", "route", "status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "lianchi_http_request_seconds",
    "Time until the answer began",
    ["method", "route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)


class MetricsMiddleware:
    """Counts each request under the pattern of its address, and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and count it."""
        begun = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        match = getattr(request, "resolver_match", None)
        route = f"/{match.route.removeprefix('^')}" if match is not None else NO_ROUTE
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(method, route).observe(time.perf_counter() - begun)
        return response


class _Present(Collector):
    """What is looked up when a monitor asks."""

    def collect(self) -> Iterable[Metric]:
        """Return the present state of jobs, sockets and connections."""
        jobs = GaugeMetricFamily("lianchi_jobs", "Background jobs that have not ended", labels=["state"])
        up = GaugeMetricFamily("lianchi_database_up", "Whether the database answers")
        try:
            counted = dict(
                Job.objects.filter(state__in=sorted(OPEN_STATES))
                .order_by()
                .values_list("state")
                .annotate(count=Count("pk"))
            )
        except Error:
            up.add_metric([], 0)
        else:
            up.add_metric([], 1)
            for state in sorted(OPEN_STATES):
                jobs.add_metric([str(state)], counted.get(state, 0))
        yield up
        yield jobs
        sockets = GaugeMetricFamily("lianchi_sockets", "Open websockets of this process")
        hub = running_hub()
        sockets.add_metric([], hub.listeners if hub is not None else 0)
        yield sockets
        pool = getattr(connection, "pool", None)
        if pool is not None:
            connections = GaugeMetricFamily("lianchi_database_pool", "Connections to the database", labels=["what"])
            told: dict[str, Any] = pool.get_stats()
            for what in ("pool_size", "pool_available", "requests_waiting"):
                connections.add_metric([what], told.get(what, 0))
            yield connections


REGISTRY.register(_Present())


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Tell a monitor how the site does: one on this machine, or one that knows the token if there is one."""
    if not may_read_metrics(request):
        raise Http404
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    """Say whether a request may see the metrics."""
    token: str = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # Behind a proxy everybody seems to come from this machine.
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"))
    if settings.PROXIES or forwarded:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
