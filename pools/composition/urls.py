"""Addresses of pools, below `/api/v1/`."""

from django.urls import path

from pools.composition.api import lists, pools

urlpatterns = [
    path("pools", pools.PoolsView.as_view()),
    path("pools/<uuid:pool_id>", pools.PoolView.as_view()),
    path("pools/<uuid:pool_id>/steps", pools.PoolStepsView.as_view()),
    path("pools/<uuid:pool_id>/list-effect", lists.ListEffectView.as_view()),
    path("pools/<uuid:pool_id>/overlap", lists.OverlapView.as_view()),
    path("pool-members", pools.PoolMembersView.as_view()),
    path("pool-members/<uuid:member_id>", pools.PoolMemberView.as_view()),
    path("pool-members/<uuid:member_id>/hold", pools.PoolMemberHoldView.as_view()),
    path("pool-members/<uuid:member_id>/release", pools.PoolMemberReleaseView.as_view()),
    path("pool-entries", pools.PoolEntriesView.as_view()),
    path("pool-entries/<uuid:entry_id>", pools.PoolEntryView.as_view()),
    path("list-versions", lists.ListVersionsView.as_view()),
    path("list-versions/<uuid:version_id>", lists.ListVersionView.as_view()),
    path("list-versions/<uuid:version_id>/changes", lists.ListVersionChangesView.as_view()),
    path("list-lines", lists.ListLinesView.as_view()),
]
