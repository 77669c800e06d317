"""What a browser must fetch before the first screen stands, measured from the build."""

import gzip
import json
from typing import Any

import pytest

from platform_site.pages.application import BUILT, ENTRY, with_imports

MOST = 350_000


def compressed(chunks: dict[str, dict[str, Any]], *entries: str) -> int:
    names = {chunks[name]["file"] for name in with_imports(chunks, *entries)}
    return sum(len(gzip.compress((BUILT / name).read_bytes(), 9)) for name in names if name.endswith(".js"))


@pytest.fixture(scope="module")
def chunks() -> dict[str, dict[str, Any]]:
    manifest: dict[str, dict[str, Any]] = json.loads((BUILT / "manifest.json").read_text())
    return manifest


@pytest.mark.parametrize(
    "screens",
    [("src/features/sign-in/index.ts",), ("src/app/shell/Shell.tsx", "src/features/home/index.ts")],
    ids=["sign-in", "home"],
)
def test_the_first_screen_needs_at_most_350_kb_of_script(
    chunks: dict[str, dict[str, Any]], screens: tuple[str, ...]
) -> None:
    assert compressed(chunks, ENTRY, *screens) <= MOST


def test_charts_are_fetched_where_there_are_charts_only(chunks: dict[str, dict[str, Any]]) -> None:
    first = with_imports(chunks, ENTRY, "src/app/shell/Shell.tsx", "src/features/home/index.ts")
    assert [name for name in first if "echarts" in name or "charts" in name.lower()] == []


def test_every_larger_file_lies_there_compressed(chunks: dict[str, dict[str, Any]]) -> None:
    for chunk in chunks.values():
        path = BUILT / chunk["file"]
        if path.stat().st_size >= 1024:
            assert path.with_name(f"{path.name}.br").is_file()
            assert path.with_name(f"{path.name}.gz").is_file()
