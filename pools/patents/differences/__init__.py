"""Where our record of a patent, the office's and the agent's docket do not say the same, and what is made of it."""
