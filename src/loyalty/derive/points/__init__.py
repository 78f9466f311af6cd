"""The ledger of points: what was issued and used, what is left, and what it will cost."""
