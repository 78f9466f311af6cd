"""Answers that stand, the scores of any slice of them, and what they say beside orders."""
