"""Every second screen, from the first, in both languages."""

from collections.abc import Callable

import pytest

from tests.e2e.every_screen import try_screen
from tests.e2e.screens import SCREENS, Screen
from tests.e2e.watching import Windows


@pytest.mark.parametrize("screen", SCREENS[0::2], ids=lambda screen: screen.name)
def test_a_screen_is_usable_by_everybody(
    windows: Windows, record_property: Callable[[str, object], None], screen: Screen
) -> None:
    try_screen(windows, record_property, screen)
