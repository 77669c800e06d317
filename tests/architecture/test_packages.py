"""Our packages come from our folders: packages called licensing, members and pools exist on the index too."""

import importlib
import subprocess
import sys

import pytest

from tests.architecture.rules import PACKAGES, ROOT


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_is_ours(package: str) -> None:
    found = importlib.import_module(package.rsplit("/", 1)[-1])
    assert found.__file__ == str(ROOT / package / "__init__.py")


def test_platform_is_the_standard_librarys_even_from_the_root() -> None:
    code = "import platform; print(platform.python_version())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ".".join(map(str, sys.version_info[:3]))


def test_the_engine_starts_without_django() -> None:
    code = "import sys, licensing.engine; print(sorted(m for m in sys.modules if m.split('.')[0] == 'django'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
