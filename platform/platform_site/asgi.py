"""One process for pages, websockets and, unless RUN_JOBS is 0, background jobs."""

import asyncio
import contextlib
import os
import warnings
from typing import Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings")
# Our few static files are small; reading one whole before it is sent is what the warning tells us, and is fine.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
# Django must be set up before anything below may import a model.
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402

from platform_core.realtime.sockets import websocket  # noqa: E402
from platform_site.bodies import Application, Receive, Scope, Send, limited  # noqa: E402
from platform_site.jobs import work_jobs  # noqa: E402

SOCKET_PATH = "/ws/"
NO_SUCH_SOCKET = 4404


async def any_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a websocket, or refuse one at an address where there is none."""
    if scope["path"] == SOCKET_PATH:
        await websocket(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close", "code": NO_SUCH_SOCKET})


# A page of another site must not open sockets with our readers' cookies.
sockets = cast(Application, AllowedHostsOriginValidator(AuthMiddlewareStack(cast(Any, any_socket))))


# Django keeps a body whole before it looks at it, whoever sends it.
bounded_pages = limited(cast(Application, pages))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one connection; the server's own start and end start and end the background jobs."""
    match scope["type"]:
        case "lifespan":
            await live(receive, send)
        case "websocket":
            await sockets(scope, receive, send)
        case _:
            await bounded_pages(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    """Follow the server from its start to its end, with background jobs in between."""
    worker: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            if settings.RUN_JOBS:
                worker = asyncio.create_task(work_jobs())
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if worker is not None:
                worker.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await worker
            await send({"type": "lifespan.shutdown.complete"})
            return
