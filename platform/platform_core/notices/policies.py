"""Who may see notices: the seat they were meant for, and nobody in its name."""

from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import own_seat
from platform_core.notices.models import Notice

READ_NOTICE = Permission("notice.read")
MARK_NOTICE = Permission("notice.mark")

NOTICE_POLICY = register(
    Policy(
        Notice,
        read=READ_NOTICE,
        no_staff="what they tell of stands on their subjects",
        rules=[allow(Audience.SIGNED_IN, {READ_NOTICE, MARK_NOTICE}, own_seat("seat"))],
    )
)
