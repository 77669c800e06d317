"""Papers of dealings, in Chinese and English."""

from licensing.dealings.papers.conduct import conduct_paper
from licensing.dealings.papers.recordal import recordal_paper

__all__ = ["conduct_paper", "recordal_paper"]
