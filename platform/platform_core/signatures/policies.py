"""Who may read what was found out about signatures: whoever may read the file."""

from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.documents.models import Document
from platform_core.documents.policies import READ_DOCUMENT
from platform_core.signatures.models import SignatureCheck

READ_SIGNATURE_CHECK = Permission("signature_check.read")

SIGNATURE_CHECK_POLICY = register(
    Policy(
        SignatureCheck,
        read=READ_SIGNATURE_CHECK,
        rules=[allow(Audience.SIGNED_IN, READ_SIGNATURE_CHECK, follows("document", READ_DOCUMENT, Document))],
    )
)
