"""What any room of licensing puts on paper: one form of a paper, written as PDF, workbook and table."""

from licensing.papers.pages import FontsMissing
from licensing.papers.paper import Form, Language, Paper, write_paper

__all__ = ["FontsMissing", "Form", "Language", "Paper", "write_paper"]
