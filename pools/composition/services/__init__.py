"""Opening and running pools: their state, the members who take part, and the patents in them."""

from pools.composition.services.entries import (
    EntryEdits,
    NewEntry,
    edit_entry,
    end_entries_of_former_owner,
    enter_patent,
    enter_patents,
)
from pools.composition.services.following import follow_membership
from pools.composition.services.lists import publish_list_version
from pools.composition.services.members import (
    NewPoolMember,
    PoolMemberEdits,
    add_pool_member,
    add_pool_members,
    edit_pool_member,
    hold_pool_member,
    release_pool_member,
)
from pools.composition.services.pools import edit_pool, open_pool, take_over_pool, take_pool_step

__all__ = [
    "EntryEdits",
    "NewEntry",
    "NewPoolMember",
    "PoolMemberEdits",
    "add_pool_member",
    "add_pool_members",
    "edit_entry",
    "edit_pool",
    "edit_pool_member",
    "end_entries_of_former_owner",
    "enter_patent",
    "enter_patents",
    "follow_membership",
    "hold_pool_member",
    "open_pool",
    "publish_list_version",
    "release_pool_member",
    "take_over_pool",
    "take_pool_step",
]
