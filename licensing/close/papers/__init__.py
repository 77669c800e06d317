"""Closes on paper: statements and approval sheets, in Chinese and English."""

from licensing.close.papers.paper import Form, Language, Paper, write_paper
from licensing.close.papers.sheet import sheet_paper
from licensing.close.papers.statement import statement_paper
from platform_core.typesetting import FontsMissing

__all__ = ["sheet_paper", "statement_paper"]
