"""How much the site takes in one request, announced or not, asked of the ASGI application itself."""

import asyncio
import json
from typing import Any

import pytest

from platform_site.asgi import application
from platform_site.bodies import LARGEST_BODY, LARGEST_UPLOAD, largest_at

SUPERSEDING = "/api/v1/sales-reports/0192f0c1-0000-7000-8000-000000000000/superseding-reports"


def send(path: str, pieces: list[bytes], *headers: tuple[bytes, bytes]) -> tuple[int, dict[bytes, bytes], bytes, int]:
    """Post a body in pieces; return status, headers, contents, and how many pieces were asked for."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    waiting = list(pieces)
    answer: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def take(message: Any) -> None:
        answer.append(message)

    async def asked() -> None:
        await application(scope, receive, take)

    asyncio.run(asked())
    contents = b"".join(message.get("body", b"") for message in answer[1:])
    return answer[0]["status"], dict(answer[0]["headers"]), contents, len(pieces) - len(waiting)


def test_a_body_in_chunks_is_refused_as_soon_as_it_is_too_large() -> None:
    status, headers, contents, taken = send("/api/v1/licences", [b"x" * 2**18] * 64)
    assert status == 413
    assert headers[b"content-type"] == b"application/problem+json"
    assert json.loads(contents)["code"] == "too_large"
    assert taken == 5


def test_a_body_that_is_announced_too_large_is_not_read_at_all() -> None:
    announced = (b"content-length", str(LARGEST_BODY + 1).encode())
    status, _, contents, taken = send("/sign-in/", [b"x"], announced)
    assert (status, taken) == (413, 0)
    assert json.loads(contents)["status"] == 413


@pytest.mark.parametrize("path", ["/api/v1/sales-reports", "/api/v1/report-drafts", SUPERSEDING])
def test_files_of_sales_are_taken_up_to_their_own_limit(path: str) -> None:
    assert largest_at("POST", path) == LARGEST_UPLOAD
    status, _, _, _ = send(path, [], (b"content-length", str(LARGEST_UPLOAD + 1).encode()))
    assert status == 413


@pytest.mark.parametrize("path", ["/", "/api/v1/sales-reports/x/superseding-reports", "/api/v1/sales-reports/../x"])
def test_no_other_address_takes_files(path: str) -> None:
    assert largest_at("POST", path) == LARGEST_BODY


def test_a_body_of_ordinary_size_reaches_its_view() -> None:
    status, _, _, _ = send("/api/v1/nowhere", [b"x" * 2**19, b"x" * 2**19])
    assert status == 404


def test_who_reads_chinese_is_told_so_in_chinese() -> None:
    announced = (b"content-length", str(LARGEST_BODY + 1).encode())

    def told(*headers: tuple[bytes, bytes]) -> dict[str, str]:
        document: dict[str, str] = json.loads(send("/api/v1/licences", [], announced, *headers)[2])
        return document

    assert (
        told()["detail"]
        == told((b"accept-language", b"en"))["detail"]
        == "At most 1 MB are taken here. Send less at once."
    )
    chinese = told((b"accept-language", b"zh-CN,zh;q=0.9"))
    assert (chinese["title"], chinese["detail"]) == ("发送的内容过大", "此处最多接收 1 MB。请分次发送。")
    assert (chinese["code"], chinese["instance"]) == ("too_large", "/api/v1/licences")
