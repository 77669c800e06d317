"""The composition of pools as an application."""

from django.apps import AppConfig


class CompositionConfig(AppConfig):
    """Pools, the members who take part in them, and the patents in them."""

    name = "pools.composition"
    label = "composition"

    def ready(self) -> None:
        """Listen to what happens to memberships and patents, and register what is searched."""
        from members.memberships.events import membership_moved
        from platform_core.home.registry import tell_names
        from platform_core.search.registry import register_searched
        from pools.composition.models import Pool
        from pools.composition.search import POOLS
        from pools.composition.services import end_entries_of_former_owner, follow_membership
        from pools.composition.telling import tell_of_end, tell_of_missing_accession
        from pools.patents.events import ownership_ended, patent_ended

        membership_moved.subscribe(follow_membership)
        ownership_ended.subscribe(end_entries_of_former_owner)
        # Once the former owner is out of every pool, which is what the office has to hear of.
        ownership_ended.subscribe(tell_of_missing_accession)
        patent_ended.subscribe(tell_of_end)
        register_searched(POOLS)
        tell_names(Pool)
