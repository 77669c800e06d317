"""The `lianchi` command."""

from platform_site.cli.main import main

__all__ = ["main"]
