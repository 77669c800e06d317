"""The rules of the house that no other tool checks, each as a function from a tree to what breaks it."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("platform/platform_core", "platform/platform_site", "members", "pools", "licensing")
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "signals"})
CALLED_OTHERWISE = {
    "record_event": "reads as a sentence: record_event('pool.opened', actor=..., subject=...)",
    "defer": "the task stands first, as in defer(close_period, actor=...)",
    "end_entries_of_former_owner": "subscribes to a hook, which decides how it is called",
    "follow_membership": "subscribes to a hook, which decides how it is called",
    "take_for_invoice": "answers the queue of unassigned lines, which decides how it is called",
    "take_for_receipt": "answers the queue of unassigned lines, which decides how it is called",
    "give_receipt_back": "answers the queue of unassigned lines, which decides how it is called",
}
MACHINE_PATHS = re.compile(r"(?<![\w.~/-])/(?:home|root|Users)/[\w.-]+")

Rule = Callable[[Path], list[str]]


def sources(root: Path, *, of: tuple[str, ...] = PACKAGES) -> Iterator[tuple[str, ast.Module]]:
    """Return our own modules with their place in the tree, migrations left out."""
    for package in of:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(root)), ast.parse(path.read_text(), str(path))


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Return every module or name that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def platform_stays_the_standard_librarys(root: Path) -> list[str]:
    """A package `platform` of ours would hide the module that Django, pandas and mypy ask for the machine."""
    places = (root / "platform" / "__init__.py", root / "tests" / "platform")
    return [
        f"{path.relative_to(root)} hides the standard library's platform module" for path in places if path.exists()
    ]


def names_say_what_is_inside(root: Path) -> list[str]:
    """Drawers for anything fill with everything."""
    return [
        f"{path.relative_to(root)}: name it by what it does"
        for package in (*PACKAGES, "tests", "benchmarks")
        for path in sorted((root / package).rglob("*"))
        if path.stem in FORBIDDEN_NAMES and (path.suffix == ".py" or path.is_dir())
    ]


def no_django_signals(root: Path) -> list[str]:
    """News between rooms goes through hooks that are declared and called in order, never through signals."""
    found = []
    for place, tree in sources(root):
        for line, name in imported(tree):
            if name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals")) or name.endswith(
                ("auth.signals", ".user_logged_in")
            ):
                found.append(f"{place}:{line} imports {name}")
    return found


PURE_FOLDERS: Final = (
    "licensing/engine/",
    "licensing/distribution/proofs/",
    "licensing/terms/wording/",
    "licensing/terms/prices/",
    "licensing/terms/simulation/",
)


def arithmetic_has_no_clock(root: Path) -> list[str]:
    """Pure modules get the time as data; they import nothing that knows Django, a clock or a network."""
    forbidden = (
        "django", "rest_framework", "channels", "procrastinate", "psycopg", "socket", "http", "urllib", "requests",
        "httpx", "time", "asyncio", "platform_core.clock",
    )  # fmt: skip
    found = []
    for place, tree in sources(root):
        pure = place.startswith(PURE_FOLDERS) or place.endswith(
            ("/calculation.py", "platform_core/money.py", "platform_core/codes.py")
        )
        if not (pure or "/calculation/" in place):
            continue
        for line, name in imported(tree):
            if any(name == word or name.startswith(f"{word}.") for word in forbidden):
                found.append(f"{place}:{line} imports {name}")
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow", "fromtimestamp"}:
                found.append(f"{place}:{node.lineno} reads a clock ({node.attr})")
    return found


def services_name_their_arguments(root: Path) -> list[str]:
    """A public service takes keyword arguments only, the actor first."""
    found = []
    for place, tree in sources(root):
        if not (place.endswith("/services.py") or "/services/" in place):
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or not _is_a_command(node):
                continue
            if node.name in CALLED_OTHERWISE:
                continue
            if node.args.args or node.args.posonlyargs or node.args.vararg:
                found.append(f"{place}:{node.lineno} {node.name} takes arguments by position")
            elif not node.args.kwonlyargs or node.args.kwonlyargs[0].arg != "actor":
                found.append(f"{place}:{node.lineno} {node.name} does not take the actor first")
    return found


def _is_a_command(node: ast.FunctionDef) -> bool:
    """Whether a function changes something on behalf of somebody: it is atomic, or says so by taking an actor."""
    decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
    names = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs)}
    return "actor" in names or any(name.startswith("transaction.atomic") and "actor" in names for name in decorators)


def domain_code_reads_no_settings_of_its_own(root: Path) -> list[str]:
    """The environment is read in one place, where mistakes are found at start; passing it on whole is no reading."""
    found = []
    for place, tree in sources(root):
        if place.startswith("platform/platform_site/environment/"):
            continue
        for node in ast.walk(tree):
            asked = (
                (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and node.value)
                or (isinstance(node, ast.Attribute) and node.attr in {"get", "pop", "items"} and node.value)
                or node
            )
            text = ast.unparse(asked) if isinstance(asked, ast.Attribute) else ""
            if (asked is not node and text == "os.environ") or text == "os.getenv":
                found.append(f"{place}:{getattr(node, 'lineno', 0)} reads the environment")
    return found


def locks_name_no_host(root: Path) -> list[str]:
    """Which registry packages come from is the machine's business."""
    found = []
    files = [*sorted((root / "requirements").glob("*")), *root.glob("pyproject.toml"), *root.glob("Makefile")]
    files += [*root.glob("Dockerfile"), *root.glob("docker-compose.yml"), *root.glob("frontend/package-lock.json")]
    for path in files:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if path.name == "package-lock.json" and '"resolved"' not in line:
                continue  # It also says where a package asks for donations, which names no registry.
            if re.search(r"--(extra-)?index-url|--find-links|--trusted-host|https?://(?!localhost|127\.0\.0\.1)", line):
                found.append(f"{path.relative_to(root)}:{number} {line.strip()[:80]}")
    return found


def pins_are_hashed(root: Path) -> list[str]:
    """Every pin carries a hash, so that what is installed is what was checked."""
    found = []
    for path in sorted((root / "requirements").glob("*.txt")):
        text = path.read_text().replace("\\\n", " ")
        for line in text.splitlines():
            if re.match(r"[A-Za-z0-9]", line) and ("==" not in line or "--hash=sha256:" not in line):
                found.append(f"{path.relative_to(root)}: {line.split()[0]} is not pinned with a hash")
    return found


def no_machine_paths(root: Path) -> list[str]:
    """Nothing that is kept names a folder of somebody's machine."""
    found = []
    for package in (*PACKAGES, "tests", "benchmarks", "docs", ".ci"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ""} and path.is_file():
                for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                    if MACHINE_PATHS.search(line):
                        found.append(f"{path.relative_to(root)}:{number} {line.strip()[:80]}")
    return found


def every_public_command_and_query_says_what_it_does(root: Path) -> list[str]:
    """Services, selectors and models carry a sentence in domain words."""
    found = []
    for place, tree in sources(root):
        if not re.search(r"/(services|selectors|models)(/|\.py$)", place):
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                found.append(f"{place}:{node.lineno} {node.name} has no sentence")
    return found


def quick_tests_need_no_database(root: Path) -> list[str]:
    """Unit tests, closes and these rules run where no server can be started."""
    found = []
    for part in ("unit", "closes", "architecture"):
        for path in sorted((root / "tests" / part).rglob("*.py")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if re.search(r"mark\.django_db|usefixtures\(.*\bdb\b|\bowner_url:|\bpostgres:", line):
                    found.append(f"{path.relative_to(root)}:{number} asks for a database")
    return found


def edits_name_their_version(root: Path) -> list[str]:
    """Whoever replaces something says which version they have seen, or the view says why that does not matter."""
    found = []
    for place, tree in sources(root):
        if not re.search(r"/api(/|\.py$)", place):
            continue
        for view in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
            for method in view.body:
                if not isinstance(method, ast.FunctionDef) or method.name not in {"put", "patch"}:
                    continue
                called = {node.id for node in ast.walk(method) if isinstance(node, ast.Name)}
                # The way of all edits, which asks for the version: `self.edit(…)`.
                called |= {
                    f"{node.value.id}.{node.attr}"
                    for node in ast.walk(method)
                    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                }
                if not called & {"require_match", "without_version", "self.edit"}:
                    found.append(f"{place}:{method.lineno} {view.name}.{method.name} asks for no version")
    return found


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        platform_stays_the_standard_librarys,
        names_say_what_is_inside,
        no_django_signals,
        arithmetic_has_no_clock,
        services_name_their_arguments,
        domain_code_reads_no_settings_of_its_own,
        locks_name_no_host,
        pins_are_hashed,
        no_machine_paths,
        every_public_command_and_query_says_what_it_does,
        quick_tests_need_no_database,
        edits_name_their_version,
    )
}
