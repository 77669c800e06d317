"""A command group that imports a sub-command when it is asked for."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class Commands(click.Group):
    """Sub-commands that are imported when they are used, so that those on plain files start fast, without Django."""

    def __init__(self, *args: Any, commands_at: Mapping[str, str], **kwargs: Any) -> None:
        """Take what the sub-commands are called and where each is, as `module:name`."""
        super().__init__(*args, **kwargs)
        self._at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a first day's work."""
        return list(self._at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command."""
        target = self._at.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        found = getattr(importlib.import_module(module), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{target} is no command")
        return found
