"""Invoices on paper: invoices, credit notes and notes of interest, in Chinese and English."""

from licensing.billing.papers.interest import interest_paper
from licensing.billing.papers.invoice import invoice_paper

__all__ = ["interest_paper", "invoice_paper"]
