"""Who may have webhooks, and see what was sent to them."""

from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, own_organisation, own_seat
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.webhooks.models import Webhook, WebhookDelivery

READ_WEBHOOK = Permission("webhook.read")
OPEN_WEBHOOK = Permission("webhook.open")
EDIT_WEBHOOK = Permission("webhook.edit")
END_WEBHOOK = Permission("webhook.end")
READ_DELIVERY = Permission("webhook_delivery.read")

WEBHOOK_POLICY = register(
    Policy(
        Webhook,
        read=READ_WEBHOOK,
        no_staff="it is somebody's way of working, and tells nothing of the alliance",
        rules=[
            allow(Audience.SIGNED_IN, {READ_WEBHOOK, OPEN_WEBHOOK, EDIT_WEBHOOK, END_WEBHOOK}, own_seat("seat")),
            # An administrator sees where data of the organisation is announced to, and can stop it.
            allow(Role.MEMBER_ADMIN, {READ_WEBHOOK, END_WEBHOOK}, own_organisation("organisation")),
            allow(COMMAND_LINE, {READ_WEBHOOK, END_WEBHOOK}, everything()),
        ],
    )
)

# What was announced tells of things that only the seat itself may see.
DELIVERY_POLICY = register(
    Policy(
        WebhookDelivery,
        read=READ_DELIVERY,
        no_staff="what was announced stands on its subject",
        rules=[
            allow(Audience.SIGNED_IN, READ_DELIVERY, own_seat("webhook__seat")),
            allow(COMMAND_LINE, READ_DELIVERY, everything()),
        ],
    )
)
declare_reference(Reference(Webhook, "organisation", Fate.MOVED, "the seat it calls for moves too"))
