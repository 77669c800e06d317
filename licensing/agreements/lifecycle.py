"""The states of a licence and the steps between them."""

from licensing.agreements.models import LicenceState
from platform_core.lifecycle import Lifecycle

LICENCE_LIFECYCLE: Lifecycle[LicenceState] = Lifecycle(
    {
        "send": ({LicenceState.DRAFT}, LicenceState.SENT),
        "sign": ({LicenceState.SENT}, LicenceState.SIGNED),
        "countersign": ({LicenceState.SIGNED}, LicenceState.IN_FORCE),
        "suspend": ({LicenceState.IN_FORCE}, LicenceState.SUSPENDED),
        "resume": ({LicenceState.SUSPENDED}, LicenceState.IN_FORCE),
        "expire": ({LicenceState.IN_FORCE, LicenceState.SUSPENDED}, LicenceState.EXPIRED),
        "terminate": ({LicenceState.IN_FORCE, LicenceState.SUSPENDED}, LicenceState.TERMINATED),
        "cancel": ({LicenceState.DRAFT, LicenceState.SENT, LicenceState.SIGNED}, LicenceState.CANCELLED),
    }
)
