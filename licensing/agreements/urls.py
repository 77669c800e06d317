"""Addresses of licences and what belongs to them, below `/api/v1/`."""

from django.urls import path

from licensing.agreements.api import licences, money

urlpatterns = [
    path("licences", licences.LicencesView.as_view()),
    path("licences/<uuid:licence_id>", licences.LicenceView.as_view()),
    path("licences/<uuid:licence_id>/sending", licences.LicenceSendingView.as_view()),
    path("licences/<uuid:licence_id>/signature", licences.LicenceSignatureView.as_view()),
    path("licences/<uuid:licence_id>/price-agreement", licences.LicencePriceView.as_view()),
    path("licences/<uuid:licence_id>/countersignature", licences.LicenceCountersignatureView.as_view()),
    path("licences/<uuid:licence_id>/resumption", licences.LicenceResumptionView.as_view()),
    path("licences/<uuid:licence_id>/expiry", licences.LicenceExpiryView.as_view()),
    path("licences/<uuid:licence_id>/cancellation", licences.LicenceCancellationView.as_view()),
    path("licensees", licences.LicenseesView.as_view()),
    path("licence-dates", licences.LicenceDatesView.as_view()),
    path("licence-changes", licences.LicenceChangesView.as_view()),
    path("licence-changes/<uuid:change_id>", licences.LicenceChangeView.as_view()),
    path("charges", money.ChargesView.as_view()),
    path("charges/<uuid:charge_id>/cancellation", money.ChargeCancellationView.as_view()),
    path("receipts", money.ReceiptsView.as_view()),
    path("bilateral-licences", money.BilateralLicencesView.as_view()),
    path("bilateral-licences/<uuid:bilateral_id>/end", money.BilateralEndView.as_view()),
    path("exchange-rates", money.ExchangeRatesView.as_view()),
]
