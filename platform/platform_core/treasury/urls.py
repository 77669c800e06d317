"""Addresses of the treasury, below `/api/v1/`."""

from django.urls import path

from platform_core.treasury.api import accounts, lines, payees, payouts, statements

urlpatterns = [
    path("bank-profiles", accounts.BankProfilesView.as_view()),
    path("bank-accounts", accounts.BankAccountsView.as_view()),
    path("bank-accounts/<uuid:account_id>", accounts.BankAccountView.as_view()),
    path("bank-accounts/<uuid:account_id>/gaps", accounts.GapsView.as_view()),
    path("bank-accounts/<uuid:account_id>/statement-preview", statements.StatementPreviewView.as_view()),
    path("bank-statements", statements.BankStatementsView.as_view()),
    path("bank-statements/<uuid:statement_id>", statements.BankStatementView.as_view()),
    path("statement-lines", lines.StatementLinesView.as_view()),
    path("statement-lines/<uuid:line_id>", lines.StatementLineView.as_view()),
    path("statement-lines/<uuid:line_id>/assignment", lines.AssignmentView.as_view()),
    path("statement-lines/<uuid:line_id>/setting-aside", lines.SettingAsideView.as_view()),
    path("statement-lines/<uuid:line_id>/taking-up", lines.TakingUpView.as_view()),
    path("statement-lines/<uuid:line_id>/release", lines.ReleaseView.as_view()),
    path("statement-lines/<uuid:line_id>/reversal", lines.LineReversalView.as_view()),
    path("payee-accounts", payees.PayeeAccountsView.as_view()),
    path("payee-accounts/<uuid:account_id>", payees.PayeeAccountView.as_view()),
    path("payee-accounts/<uuid:account_id>/confirmation", payees.PayeeConfirmationView.as_view()),
    path("payee-accounts/<uuid:account_id>/withdrawal", payees.PayeeWithdrawalView.as_view()),
    path("payouts", payouts.PayoutsView.as_view()),
    path("payouts/<uuid:payout_id>", payouts.PayoutView.as_view()),
    path("payouts/<uuid:payout_id>/release", payouts.PayoutReleaseView.as_view()),
    path("payouts/<uuid:payout_id>/cancellation", payouts.PayoutCancellationView.as_view()),
    path("payouts/<uuid:payout_id>/return", payouts.PayoutReturnView.as_view()),
    path("payout-files", payouts.PayoutFilesView.as_view()),
    path("payout-files/<uuid:file_id>", payouts.PayoutFileView.as_view()),
    path("payout-files/<uuid:file_id>/taking", payouts.PayoutFileTakingView.as_view()),
]
