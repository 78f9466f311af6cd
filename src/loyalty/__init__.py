"""Loyalty metrics from the exports that shops, survey tools and loyalty programmes already write."""

__version__ = "0.1.0"
