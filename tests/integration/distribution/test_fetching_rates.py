"""Reference rates are fetched from an address that the site was told, and nothing but rates comes of it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from licensing.distribution.exchange import fetching
from licensing.distribution.exchange.fetching import fetch_rates
from licensing.distribution.exchange.reading import read_reference_rates
from platform_core.exchange.reading import UnreadableFile

CSV = b"Date,USD,CNY,\n2026-02-02,1.1684,7.9827,\n"


class _Bank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/rates.csv" else 404)
        self.end_headers()
        self.wfile.write(CSV)

    def log_message(self, *_: object) -> None:
        """Keep the output of tests to tests."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Bank)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_file_at_the_address_is_read_like_one_that_is_brought(address: str, tmp_path: Path) -> None:
    path = tmp_path / "rates"
    fetch_rates(f"{address}/rates.csv", path)
    assert path.read_bytes() == CSV
    assert [str(row.rate) for row in read_reference_rates(path)] == ["7.9827", "1.1684"]


def test_what_is_not_there_or_too_large_or_nowhere_is_said(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnreadableFile, match="answered 404"):
        fetch_rates(f"{address}/other.csv", tmp_path / "rates")
    with pytest.raises(UnreadableFile, match="could not be reached"):
        fetch_rates("http://127.0.0.1:1/rates.csv", tmp_path / "rates")
    monkeypatch.setattr(fetching, "LARGEST", 10)
    with pytest.raises(UnreadableFile, match="larger than"):
        fetch_rates(f"{address}/rates.csv", tmp_path / "rates")
