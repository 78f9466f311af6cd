"""Customers from one period to the next, by their purchases."""
