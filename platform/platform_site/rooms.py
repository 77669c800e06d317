"""Which folders are part of the running site: every leaf folder with an `apps.py` is an app, lower rooms first."""

import importlib.util
from pathlib import Path

ROOMS = ("platform_core", "members", "pools", "licensing")


def installed_apps() -> list[str]:
    """Return the import paths of all domain apps, so that a new folder is in the site as soon as it is complete."""
    return [f"{room}.{folder.name}" for room in ROOMS for folder in _leaves(room) if (folder / "apps.py").is_file()]


def apps_with(module: str) -> list[str]:
    """Return the import paths of that module in every app that has it, such as `urls` or `tasks`."""
    return [
        f"{room}.{folder.name}.{module}"
        for room in ROOMS
        for folder in _leaves(room)
        if (folder / "apps.py").is_file() and ((folder / f"{module}.py").is_file() or (folder / module).is_dir())
    ]


def _leaves(room: str) -> list[Path]:
    spec = importlib.util.find_spec(room)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"The package {room} is not on the path.")
    return sorted(path for path in Path(next(iter(spec.submodule_search_locations))).iterdir() if path.is_dir())
