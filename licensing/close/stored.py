"""The terms and small tables of a calculated run, as they were used: read once, and checked against its results."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from licensing.close import storage
from licensing.close.models import CloseRun
from licensing.close.selectors import FilesMissing
from licensing.engine import BundleError
from licensing.engine.explain import Rules, read_rules

_KEPT: Final = 6
"""Runs whose rules stay in memory: what is drilled into and compared goes on for a while."""

_TABLES: Final = ("programme.toml", "members.csv", "patents.csv", "licences.csv", "bilaterals.csv", "fx.csv")


def rules_of(run: CloseRun) -> Rules:
    """Return the terms, members and patents that a run's results were worked out with.

    Raises FilesMissing where the files are not there, or not those that were used.
    """
    if run.results_claim is None:
        raise FilesMissing
    bundle = storage.bundle_folder(run.pk, run.results_claim)
    return _read(bundle, storage.output_folder(run.pk, run.results_claim), run.results_sha256)


@lru_cache(maxsize=_KEPT)
def _read(bundle: Path, output: Path, results_sha256: str) -> Rules:
    try:
        told = (output / "run.json").read_bytes()
        if hashlib.sha256(told).hexdigest() != results_sha256:
            raise FilesMissing
        inputs = json.loads(told)["inputs"]
        for name in _TABLES:
            if name in inputs and hashlib.sha256((bundle / name).read_bytes()).hexdigest() != inputs[name]:
                raise FilesMissing
        return read_rules(bundle)
    except (FileNotFoundError, BundleError) as error:
        raise FilesMissing from error
