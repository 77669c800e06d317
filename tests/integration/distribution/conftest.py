"""Closes are tried with files of their own, and with real commits: see `tests/small_worlds.py`."""

import pytest

from licensing.distribution.models import DistributionRun
from platform_core.treasury.models import BankAccount
from tests.factories.distribution import released
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import make_bank_account
from tests.factories.withholding import abroad, pay_l1, rule
from tests.small_worlds import Filed, Stages


@pytest.fixture(autouse=True)
def _files(files_of_their_own: None) -> None:
    """Give every test of this folder a data folder of its own."""


@pytest.fixture
def taxed(world: SmallWorld, filed: Filed, stages: Stages) -> DistributionRun:
    """M1 and M2 are withheld 1,800 and 1,080."""

    def make() -> DistributionRun:
        abroad(world, M1="KR", M2="KR")
        rule(world, "KR", "10")
        pay_l1(world)
        return released(world)

    return stages.reach("tax is withheld", make)


@pytest.fixture
def bank(world: SmallWorld) -> BankAccount:
    return make_bank_account(world.entity)
