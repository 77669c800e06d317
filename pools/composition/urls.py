"""Addresses of pools, below `/api/v1/`."""

from django.urls import path

from pools.composition import api

urlpatterns = [
    path("pools", api.PoolsView.as_view()),
    path("pools/<uuid:pool_id>", api.PoolView.as_view()),
    path("pools/<uuid:pool_id>/steps", api.PoolStepsView.as_view()),
    path("pool-members", api.PoolMembersView.as_view()),
    path("pool-members/<uuid:member_id>", api.PoolMemberView.as_view()),
    path("pool-members/<uuid:member_id>/hold", api.PoolMemberHoldView.as_view()),
    path("pool-members/<uuid:member_id>/release", api.PoolMemberReleaseView.as_view()),
    path("pool-entries", api.PoolEntriesView.as_view()),
    path("pool-entries/<uuid:entry_id>", api.PoolEntryView.as_view()),
]
