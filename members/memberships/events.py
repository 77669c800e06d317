"""News about memberships that upper rooms must hear in the same transaction."""

from members.memberships.models import Membership, MembershipStep
from platform_core.access.actors import Actor
from platform_core.events import Hook

membership_moved: Hook[[Actor, Membership, MembershipStep]] = Hook("membership moved")
"""A membership took a step: who took it, the membership as it now is, and the step with the day shares follow from."""
