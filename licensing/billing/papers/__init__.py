"""Invoices on paper: invoices, credit notes, notes of interest and plans of instalments, in Chinese and English."""

from licensing.billing.papers.instalments import plan_paper
from licensing.billing.papers.interest import interest_paper
from licensing.billing.papers.invoice import invoice_paper

__all__ = ["interest_paper", "invoice_paper", "plan_paper"]
