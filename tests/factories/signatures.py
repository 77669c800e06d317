"""What was found out about electronic signatures."""

from typing import TYPE_CHECKING

from platform_core.documents.models import Document
from platform_core.signatures.models import SignatureCheck
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def make_signature_check(document: Document, **columns: object) -> SignatureCheck:
    """Make up what was found out about a file, of which nothing was read."""
    return SignatureCheck.objects.create(
        **{
            "document": document,
            "file_sha256": document.sha256,
            "outcome": "unsigned",
            "authority": "not_judged",
            "report": {"kind": "pdf", "problem": "", "added_before": "", "signatures": [], "stamps": []},
            "library": "pyHanko",
            "roots": [],
            "checked_at": NOON,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for document in Document.objects.filter(subject_type="identity.organisation").order_by("pk"):
        make_signature_check(document)
