"""Addresses of rates and conversions, below `/api/v1/`."""

from django.urls import path

from licensing.distribution.exchange import api

SHEET = "rate-sheets/<uuid:sheet_id>"
CONVERSION = "conversions/<uuid:conversion_id>"

urlpatterns = [
    path("rate-sheets", api.RateSheetsView.as_view()),
    path("rate-files", api.RateFilesView.as_view()),
    path(SHEET, api.RateSheetView.as_view()),
    path(f"{SHEET}/rates", api.RatesView.as_view()),
    path(f"{SHEET}/confirmation", api.RateSheetConfirmationView.as_view()),
    path(f"{SHEET}/withdrawal", api.RateSheetWithdrawalView.as_view()),
    path("distribution-runs/<uuid:run_id>/conversions", api.DistributionConversionsView.as_view()),
    path("conversions", api.ConversionsView.as_view()),
    path(CONVERSION, api.ConversionView.as_view()),
    path(f"{CONVERSION}/confirmation", api.ConversionConfirmationView.as_view()),
    path(f"{CONVERSION}/cancellation", api.ConversionCancellationView.as_view()),
    path("operating-entities/<uuid:operating_entity_id>/exchange-positions", api.ExchangePositionsView.as_view()),
    path("exchange-settlements", api.ExchangeSettlementView.as_view()),
]
