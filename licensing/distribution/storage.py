"""The files of a distribution: for each period the bundle of its close with the money received, and the output."""

import os
import shutil
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from platform_core.files import private_folder, sync, sync_tree

BUNDLE: Final = "bundle"
OUTPUT: Final = "output"


def distributions_folder() -> Path:
    """Return the folder under which every distribution has its own."""
    return Path(settings.DATA_DIR) / "distributions"


def claim_folder(run_id: UUID, claim: UUID) -> Path:
    """Return the folder of one calculation of a distribution."""
    return distributions_folder() / str(run_id) / str(claim)


def bundle_folder(run_id: UUID, claim: UUID, period: str) -> Path:
    """Return the bundle from which one period was worked out."""
    return claim_folder(run_id, claim) / period / BUNDLE


def output_folder(run_id: UUID, claim: UUID, period: str) -> Path:
    """Return what one period came to."""
    return claim_folder(run_id, claim) / period / OUTPUT


def copy_bundle(source: Path, target: Path) -> None:
    """Give a distribution the bundle of a close as its own, without taking up room for the sales twice.

    Files of a bundle are written once and never changed, so both may be one file under two names; where the system
    knows no such thing they are copied.
    """
    private_folder(distributions_folder())
    target.parent.mkdir(parents=True)
    shutil.copytree(source, target, copy_function=_link)


def make_durable(run_id: UUID, claim: UUID) -> None:
    """See to it that the files of one calculation outlive a power cut from here on."""
    folder = claim_folder(run_id, claim)
    if folder.is_dir():
        sync_tree(folder)
        for each in (folder.parent, distributions_folder()):
            sync(each)


def forget_claim(run_id: UUID, claim: UUID) -> None:
    """Remove the files of one calculation."""
    shutil.rmtree(claim_folder(run_id, claim), ignore_errors=True)


def forget_earlier(run_id: UUID, keep: UUID) -> None:
    """Remove the files of a distribution's calculations before one; claims are ordered by when they were made."""
    folder = distributions_folder() / str(run_id)
    for other in sorted(folder.iterdir()) if folder.is_dir() else ():
        if other.name < str(keep):
            shutil.rmtree(other, ignore_errors=True)


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
