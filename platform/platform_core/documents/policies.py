"""Who may read documents: whoever may read the papers of what they hang on."""

from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything
from platform_core.documents.models import Document
from platform_core.documents.subjects import declare_subject, of_readable_subject
from platform_core.identity.models import Organisation
from platform_core.identity.policies import EDIT_ORGANISATION

READ_DOCUMENT = Permission("document.read")

DOCUMENT_POLICY = register(
    Policy(
        Document,
        read=READ_DOCUMENT,
        rules=[
            allow(Audience.SIGNED_IN, READ_DOCUMENT, of_readable_subject()),
            allow(COMMAND_LINE, READ_DOCUMENT, everything()),
        ],
    )
)

# Certificates and the like are for those who keep an organisation's data, not for everybody who may know its name.
declare_subject(Organisation, read=EDIT_ORGANISATION, attach=EDIT_ORGANISATION)
