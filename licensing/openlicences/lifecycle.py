"""The states of declarations and of licences under them, and the steps between them."""

from typing import Final

from licensing.openlicences.models import DeclarationState, OpenLicenceState
from platform_core.lifecycle import Lifecycle

DECLARATION_LIFECYCLE: Final[Lifecycle[DeclarationState]] = Lifecycle(
    {
        "file": ({DeclarationState.DRAFT}, DeclarationState.FILED),
        "cancel": ({DeclarationState.DRAFT, DeclarationState.FILED}, DeclarationState.CANCELLED),
        "announce": ({DeclarationState.FILED}, DeclarationState.ANNOUNCED),
        "refuse": ({DeclarationState.FILED}, DeclarationState.REFUSED),
        # Until the office announces the withdrawal, anybody may still take a licence.
        "withdraw": ({DeclarationState.ANNOUNCED}, DeclarationState.ANNOUNCED),
        "announce withdrawal": ({DeclarationState.ANNOUNCED}, DeclarationState.WITHDRAWN),
    }
)

OPEN_LICENCE_LIFECYCLE: Final[Lifecycle[OpenLicenceState]] = Lifecycle(
    {
        "give": ({OpenLicenceState.PREPARED}, OpenLicenceState.NOTICED),
        "cancel": ({OpenLicenceState.PREPARED}, OpenLicenceState.CANCELLED),
        # By law a licence is there once the notice is given and what is due with it is paid.
        "begin": ({OpenLicenceState.NOTICED}, OpenLicenceState.IN_FORCE),
        "void": (
            {
                OpenLicenceState.NOTICED,
                OpenLicenceState.IN_FORCE,
                OpenLicenceState.ENDED,
                OpenLicenceState.LAPSED,
                OpenLicenceState.CONTESTED,
            },
            OpenLicenceState.VOID,
        ),
        # A licensee that cannot pay, or will not, gives its notice up as well.
        "end": ({OpenLicenceState.NOTICED, OpenLicenceState.IN_FORCE}, OpenLicenceState.ENDED),
        # No licence has come of a notice whose sum was not paid: the owner need not wait for it.
        "lapse": ({OpenLicenceState.NOTICED}, OpenLicenceState.LAPSED),
        # What an owner alone recorded binds nobody who says that it is not its own.
        "contest entry": ({OpenLicenceState.NOTICED, OpenLicenceState.IN_FORCE}, OpenLicenceState.CONTESTED),
        "show evidence": ({OpenLicenceState.CONTESTED}, OpenLicenceState.CONTESTED),
        "withdraw entry": ({OpenLicenceState.CONTESTED}, OpenLicenceState.WITHDRAWN),
        "acknowledge": ({OpenLicenceState.CONTESTED}, OpenLicenceState.NOTICED),
    }
)
