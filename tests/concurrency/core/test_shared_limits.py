"""Several processes count the requests of one person together, by a Redis server as it is installed."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from platform_core.api.limits import BucketsInRedis
from tests.programs import find_program

PATIENCE = 10.0


@dataclass
class RedisServer:
    """A server of its own for these tests, which listens on a socket in a folder and keeps nothing."""

    process: "subprocess.Popen[bytes]"
    url: str


@pytest.fixture
def server() -> Iterator[RedisServer]:
    program = find_program(["redis-server"], packages=["redis-server"])
    if program is None:
        message = "install redis-server (Debian: apt install redis-server) to try shared limits"
        # Where everything is checked, what is not tried is a failure.
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # Paths of sockets may not be long.
    with tempfile.TemporaryDirectory(prefix="lianchi-redis-") as name:
        socket = Path(name) / "s"
        options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", name]
        process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        try:
            until = time.monotonic() + PATIENCE
            while not socket.exists():
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.02)
            yield RedisServer(process, f"unix://{socket}")
        finally:
            process.kill()
            process.wait(PATIENCE)


def test_however_many_processes_ask_at_once_no_more_than_the_limit_is_taken(server: RedisServer) -> None:
    processes = [BucketsInRedis(server.url) for _ in range(4)]
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: processes[number % 4].spend("person:1", 60), range(200)))
    seconds = time.monotonic() - begun
    taken = sum(allowance.wait == 0 for allowance in found)
    # One more is taken for each second that has passed, as the bucket fills up meanwhile.
    assert 60 <= taken <= 61 + seconds
    assert processes[0].spend("person:2", 60).remaining == 59


def test_a_bucket_fills_up_steadily_and_is_forgotten_when_full(server: RedisServer) -> None:
    buckets = BucketsInRedis(server.url)
    # Two hundred a second.
    limit = 12_000
    with redis.Redis.from_url(server.url) as client:
        buckets.spend("token:1", limit)
        key = "lianchi:limit:token:1"
        client.hset(key, "tokens", "0.5")
        refused = buckets.spend("token:2", 1)
        assert (refused.wait, refused.remaining) == (0.0, 0)
        refused = buckets.spend("token:2", 1)
        assert 59 < refused.wait <= 60
        assert refused.full_in == 60
        time.sleep(0.05)
        allowed = buckets.spend("token:1", limit)
        assert allowed.wait == 0
        assert allowed.remaining >= 5
        assert 0 < client.ttl(key) <= 61


def test_while_the_server_is_away_each_process_counts_by_itself(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = BucketsInRedis(server.url), BucketsInRedis(server.url)
    assert first.spend("a", 2).remaining == 1
    assert second.spend("a", 2).remaining == 0
    assert first.spend("a", 2).wait > 0
    server.process.kill()
    server.process.wait(PATIENCE)
    assert [first.spend("a", 2).wait == 0 for _ in range(3)] == [True, True, False]
    assert second.spend("a", 2).wait == 0
    assert "Redis cannot be reached" in caplog.text
