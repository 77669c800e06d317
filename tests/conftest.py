"""What all tests share: what needs no database must run without one."""

pytest_plugins = ["tests.database.fixtures"]
