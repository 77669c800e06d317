"""Tax withheld from members abroad, over HTTP: rules, proofs of residence, what was withheld, and its remittances."""
