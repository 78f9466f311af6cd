"""Cells as people and platforms write them, turned into numbers, moments, scores and comparable words."""
