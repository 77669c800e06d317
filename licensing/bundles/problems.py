"""Why a bundle is not taken in."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar, Final

from licensing.bundles.comparison import Difference
from licensing.engine.rejects import Reject
from platform_core.problems import Problem

MOST_SHOWN: Final = 200
"""How many are told one by one in the problem document; the exception itself holds them all."""


class BundleRejected(Problem):
    """The bundle's own contents are wrong, told as a close of it would tell them."""

    code: ClassVar[str] = "bundle_rejected"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The bundle has mistakes"

    def __init__(self, rejects: Sequence[Reject]) -> None:
        self.rejects = tuple(rejects)
        counts = Counter(reject.code for reject in rejects)
        told = ", ".join(f"{counts[code]} {code}" for code in sorted(counts))
        super().__init__(
            f"Nothing was taken in: {told}.",
            rejected=[
                {
                    "file": reject.file,
                    "line": reject.line,
                    "column": reject.column,
                    "code": reject.code,
                    "value": reject.value,
                    "message": reject.message,
                }
                for reject in self.rejects[:MOST_SHOWN]
            ],
            count=len(self.rejects),
        )


class BundleDiffers(Problem):
    """The bundle says something else than what is recorded."""

    code: ClassVar[str] = "bundle_differs"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The bundle contradicts what is recorded"

    def __init__(self, differences: Sequence[Difference]) -> None:
        self.differences = tuple(differences)
        count = len(self.differences)
        super().__init__(
            f"Nothing was taken in: the bundle differs from what is recorded in {count} places. "
            "Record the changes themselves (a day out, a change from a month on, new terms, a superseding report), "
            "or correct the bundle.",
            differences=[
                {
                    "file": difference.file,
                    "line": difference.line,
                    "row": difference.row,
                    "column": difference.column,
                    "recorded": difference.recorded,
                    "given": difference.given,
                }
                for difference in self.differences[:MOST_SHOWN]
            ],
            count=count,
        )
