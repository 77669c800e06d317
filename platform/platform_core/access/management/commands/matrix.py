"""Write the page that says who may do what."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from platform_core.access.matrix import matrix_as_markdown


class Command(BaseCommand):
    """`manage.py matrix --file docs/access.md` writes the page; with `--check` it only compares."""

    help = "Write who may do what, as the policies in the code say."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether to compare only."""
        parser.add_argument("--file", type=Path, required=True)
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare the page."""
        page, file = matrix_as_markdown(), options["file"]
        if not options["check"]:
            file.write_text(page, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != page:
            self.stderr.write(f"{file} is not what the policies say: run make matrix")
            sys.exit(1)
