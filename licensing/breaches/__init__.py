"""Breaches of licences: notice by a rule, days to put it right, suspension, and the end with days to sell off."""
