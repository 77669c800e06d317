"""Addresses of figures, below `/api/v1/`."""

from django.urls import path

from licensing.figures import api

urlpatterns = [
    path("figures", api.FiguresView.as_view()),
    path("figures/document", api.FiguresDocumentView.as_view()),
    path("figures/billed", api.BilledView.as_view()),
    path("figures/received", api.ReceivedView.as_view()),
    path("figures/distributed", api.DistributedView.as_view()),
]
