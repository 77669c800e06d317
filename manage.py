#!/usr/bin/env python3
"""Django's own commands, for those who develop Lianchi; `lianchi --help` shows what runs a site."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run a Django command on the site's settings."""
    sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
