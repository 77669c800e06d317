"""Addresses of patents, below `/api/v1/`."""

from django.urls import path

from pools.patents import api

urlpatterns = [
    path("patents", api.PatentsView.as_view()),
    path("patents/<uuid:patent_id>", api.PatentView.as_view()),
    path("patents/<uuid:patent_id>/owners", api.PatentOwnersView.as_view()),
    path("patents/<uuid:patent_id>/transfers", api.PatentTransfersView.as_view()),
    path("patent-families", api.PatentFamiliesView.as_view()),
]
