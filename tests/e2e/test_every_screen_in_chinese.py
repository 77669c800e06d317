"""Every screen in Chinese."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Open
from tests.e2e.every_screen import try_screen
from tests.e2e.screens import SCREENS, Screen


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_is_usable_by_everybody(
    open_as: Open, record_property: Callable[[str, object], None], screen: Screen
) -> None:
    try_screen(open_as, record_property, screen, "zh")
