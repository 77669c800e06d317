"""Asks a running site or worker how it is; for health checks of containers, where there may be no other client."""

import http.client
import sys

from platform_site.database.problems import DatabaseProblem
from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl
from platform_site.environment import read_environment

PATIENCE = 4.0
SIGN_OF_LIFE_WITHIN = 30


def site_is_ready(port: int) -> bool:
    """Whether the site on a port of this machine says that it can be used."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def a_worker_lives(database: DatabaseUrl) -> bool:
    """Whether some worker of background jobs gave a sign of life in the last half minute."""
    try:
        with connect(database) as connection:
            row = connection.execute(
                "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
                [SIGN_OF_LIFE_WITHIN],
            ).fetchone()
    except DatabaseProblem:
        return False
    return bool(row and row[0])


def main(arguments: list[str]) -> int:
    """Return 0 if all is well, 1 otherwise."""
    environment = read_environment()
    if "--worker" in arguments and environment.database is not None:
        return 0 if a_worker_lives(environment.database) else 1
    return 0 if site_is_ready(environment.port) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
