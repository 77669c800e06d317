"""Addresses of claim charts, below `/api/v1/`."""

from django.urls import path

from pools.charts import api

urlpatterns = [
    path("chart-targets", api.ChartTargetsView.as_view()),
    path("chart-targets/<uuid:target_id>", api.ChartTargetView.as_view()),
    path("claim-charts", api.ClaimChartsView.as_view()),
    path("claim-charts/<uuid:chart_id>", api.ClaimChartView.as_view()),
    path("claim-charts/<uuid:chart_id>/review", api.ClaimChartReviewView.as_view()),
]
