"""Which part of the site answers a connection: pages, websockets, or the start and end of the process."""

import asyncio
import contextlib
from typing import Any, cast

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings

from platform_core.realtime.sockets import websocket
from platform_site.bodies import Application, Receive, Scope, Send, limited
from platform_site.jobs import work_jobs

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


def application_with(pages: Application) -> Application:
    """Put together what answers every kind of connection."""
    # Django keeps a body whole before it looks at it, whoever sends it.
    bounded_pages = limited(pages)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection; the server's own start and end start and end the background jobs."""
        match scope["type"]:
            case "lifespan":
                await live(receive, send)
            case "websocket":
                await sockets(scope, receive, send)
            case _:
                await bounded_pages(scope, receive, send)

    return application


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
