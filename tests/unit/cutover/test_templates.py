"""The workbook that what an old workbook ends with is written in."""

import time

import pytest

from licensing.cutover.templates import template_workbook


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_is_the_same_file_whenever_it_is_fetched(language: str) -> None:
    first = template_workbook(language)
    time.sleep(1.1)
    assert template_workbook(language) == first
