"""Addresses of books, below `/api/v1/`."""

from django.urls import path

from platform_core.ledger.api import books, closings

urlpatterns = [
    path("ledger-accounts", books.LedgerAccountsView.as_view()),
    path("ledger-accounts/<uuid:account_id>", books.LedgerAccountView.as_view()),
    path("ledger-accounts/<uuid:account_id>/postings", books.LedgerPostingsView.as_view()),
    path("ledger-entries", books.LedgerEntriesView.as_view()),
    path("ledger-entries/<uuid:entry_id>", books.LedgerEntryView.as_view()),
    path("operating-entities/<uuid:entity_id>/trial-balance", books.TrialBalanceView.as_view()),
    path("operating-entities/<uuid:entity_id>/book-closings", closings.BookClosingsView.as_view()),
    path("book-reopenings", closings.BookReopeningsView.as_view()),
    path("book-reopenings/<uuid:reopening_id>", closings.BookReopeningView.as_view()),
    path("book-reopenings/<uuid:reopening_id>/grant", closings.GrantView.as_view()),
    path("book-reopenings/<uuid:reopening_id>/refusal", closings.RefusalView.as_view()),
    path("book-reopenings/<uuid:reopening_id>/withdrawal", closings.WithdrawalView.as_view()),
]
