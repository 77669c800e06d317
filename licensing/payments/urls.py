"""Addresses of online payments and of what arrives at banks, below `/api/v1/`."""

from django.urls import path

from licensing.payments.api import accounts, bank, books, online

PAYMENT = "online-payments/<uuid:payment_id>"

urlpatterns = [
    path("stripe-accounts", accounts.StripeAccountsView.as_view()),
    path("stripe-accounts/<uuid:stripe_account_id>/keys", accounts.StripeKeysView.as_view()),
    path("stripe-accounts/<uuid:stripe_account_id>/closing", accounts.StripeAccountClosingView.as_view()),
    path("stripe-accounts/<uuid:stripe_account_id>/events", accounts.StripeEventsView.as_view()),
    path("invoices/<uuid:invoice_id>/online-payments", online.InvoicePayingView.as_view()),
    path("online-payments", online.OnlinePaymentsView.as_view()),
    path(PAYMENT, online.OnlinePaymentView.as_view()),
    path(f"{PAYMENT}/inquiry", online.OnlinePaymentInquiryView.as_view()),
    path(f"{PAYMENT}/ending", online.OnlinePaymentEndingView.as_view()),
    path(f"{PAYMENT}/refunds", online.OnlinePaymentRefundsView.as_view()),
    path("online-refunds", online.OnlineRefundsView.as_view()),
    path("online-refunds/<uuid:refund_id>/decision", online.OnlineRefundDecisionView.as_view()),
    path("statement-lines/<uuid:line_id>/allocation", bank.AllocationView.as_view()),
    path("bank-accounts/<uuid:account_id>/matching", bank.MatchingView.as_view()),
    path("bank-receipts", bank.BankReceiptsView.as_view()),
    path("invoices/<uuid:invoice_id>/prepaid", bank.PrepaidUseView.as_view()),
    path("prepaid", bank.PrepaidView.as_view()),
    path("operating-entities/<uuid:entity_id>/reconciliation", books.ReconciliationView.as_view()),
    path("operating-entities/<uuid:entity_id>/reconciliation/document", books.ReconciliationDocumentView.as_view()),
    path("operating-entities/<uuid:entity_id>/paying-affiliates", bank.PayingAffiliatesView.as_view()),
    path("invoices/<uuid:invoice_id>/payment-options", online.PaymentOptionsView.as_view()),
    path("distribution-runs/<uuid:run_id>/payouts", books.PayoutOrderView.as_view()),
    path("matching-terms", bank.MatchingTermsView.as_view()),
]
