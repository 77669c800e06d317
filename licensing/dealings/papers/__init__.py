"""Papers of dealings, in Chinese and English."""

from licensing.dealings.papers.conduct import conduct_paper

__all__ = ["conduct_paper"]
