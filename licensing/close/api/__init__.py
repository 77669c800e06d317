"""Closes over HTTP."""

from licensing.close.api.comparing import ComparisonView, ProgressView, SheetView, StatementComparisonView
from licensing.close.api.explaining import ExplanationView, StatementExplanationView
from licensing.close.api.papers import SheetDocumentView, StatementDocumentView
from licensing.close.api.reports import ReportMistakesView
from licensing.close.api.results import (
    AdjustmentsView,
    BucketsView,
    BundleView,
    LicenceResultsView,
    PayeeResultsView,
    RejectedRowsView,
    RunAdjustmentsView,
    RunStatementsView,
    SharesView,
    StatementProductsView,
    StatementsView,
    StatementView,
)
from licensing.close.api.runs import (
    ApprovalSheetsView,
    ApprovalView,
    CalculationView,
    CancellationView,
    CloseRunsView,
    CloseRunView,
    PostingView,
    ReturnView,
)
from licensing.close.api.simulations import CloseSimulationsView, OwnSimulationsView, SimulationDocumentView
from licensing.close.api.totals import ProgrammeTotalsView
from licensing.close.api.workings import StatementWorkingsView

__all__ = [
    "AdjustmentsView",
    "ApprovalSheetsView",
    "ApprovalView",
    "BucketsView",
    "BundleView",
    "CalculationView",
    "CancellationView",
    "CloseRunView",
    "CloseRunsView",
    "CloseSimulationsView",
    "ComparisonView",
    "ExplanationView",
    "LicenceResultsView",
    "OwnSimulationsView",
    "PayeeResultsView",
    "PostingView",
    "ProgrammeTotalsView",
    "ProgressView",
    "RejectedRowsView",
    "ReportMistakesView",
    "ReturnView",
    "RunAdjustmentsView",
    "RunStatementsView",
    "SharesView",
    "SheetDocumentView",
    "SheetView",
    "SimulationDocumentView",
    "StatementComparisonView",
    "StatementDocumentView",
    "StatementExplanationView",
    "StatementProductsView",
    "StatementView",
    "StatementWorkingsView",
    "StatementsView",
]
