"""Setting documents as PDF, by templates of ours and in fonts that every server has."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import ClassVar, Final

import typst
from django.conf import settings

from platform_core.problems import Problem

WEIGHTS: Final = ("400Regular", "700Bold")
"""Folders of the font's package that hold the weights a paper is set in."""
_SETTING: Final = Lock()
"""Held while a page is set: a compiler refuses a second thread that comes in the meantime."""


class FontsMissing(Problem):
    """The fonts that papers are set in are not on this server."""

    code: ClassVar[str] = "fonts_missing"
    status: ClassVar[int] = 503
    title: ClassVar[str] = "The fonts for documents are not installed"

    def __init__(self) -> None:
        super().__init__(
            "Run `make up` on the server, which installs them with the web pages, or let FONT_DIR name a folder with "
            "Noto Sans SC. Until then take the document as XLSX or CSV."
        )


def typeset(template: Path, name: str, document: Mapping[str, object]) -> bytes:
    """Set a document, which the template reads under a name, as PDF; it tells no time, so that it stays the same."""
    compiler = _compiler(Path(settings.FONT_DIR), template)
    inputs = {name: json.dumps(document, ensure_ascii=False)}
    with _SETTING:
        pages = compiler.compile(format="pdf", sys_inputs=inputs)
    if not isinstance(pages, bytes):
        raise TypeError("a paper is one file")
    return pages


@lru_cache(maxsize=4)
def _compiler(folder: Path, template: Path) -> typst.Compiler:
    # Remembered, since reading the Chinese fonts takes longer than setting a page.
    fonts = [folder / weight for weight in WEIGHTS if (folder / weight).is_dir()]
    if not fonts:
        fonts = [folder] if any(folder.glob("*.[ot]tf")) else []
    if not fonts:
        raise FontsMissing
    return typst.Compiler(
        input=str(template),
        root=str(template.parent),
        font_paths=[str(path) for path in fonts],
        ignore_system_fonts=True,
    )
