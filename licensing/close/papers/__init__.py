"""Closes on paper: statements and approval sheets, in Chinese and English."""

from licensing.close.papers.sheet import sheet_paper
from licensing.close.papers.statement import statement_paper

__all__ = ["sheet_paper", "statement_paper"]
