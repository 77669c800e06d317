"""What any room of licensing puts on paper: one form of a paper, written as PDF, workbook and table."""

from licensing.papers.paper import Form, Language, Paper, write_paper
from platform_core.typesetting import FontsMissing

__all__ = ["FontsMissing", "Form", "Language", "Paper", "write_paper"]
