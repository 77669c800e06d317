"""Addresses of online payments, below `/api/v1/`."""

from django.urls import path

from licensing.payments import api

PAYMENT = "online-payments/<uuid:payment_id>"

urlpatterns = [
    path("stripe-accounts", api.StripeAccountsView.as_view()),
    path("stripe-accounts/<uuid:stripe_account_id>/closing", api.StripeAccountClosingView.as_view()),
    path("stripe-accounts/<uuid:stripe_account_id>/events", api.StripeEventsView.as_view()),
    path("invoices/<uuid:invoice_id>/online-payments", api.InvoicePayingView.as_view()),
    path("online-payments", api.OnlinePaymentsView.as_view()),
    path(PAYMENT, api.OnlinePaymentView.as_view()),
    path(f"{PAYMENT}/refunds", api.OnlinePaymentRefundsView.as_view()),
    path("online-refunds", api.OnlineRefundsView.as_view()),
    path("online-refunds/<uuid:refund_id>/decision", api.OnlineRefundDecisionView.as_view()),
]
