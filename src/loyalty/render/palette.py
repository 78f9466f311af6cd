"""The colours of charts and reports: told apart with any kind of colour vision, readable on white."""

BLUE = "#0b6fae"
GREY = "#8a95a1"
ORANGE = "#d1590a"
BAND = "#cfe3f1"
INK = "#1f2933"
MUTED = "#55616d"
GRID = "#e3e7eb"
PAPER = "#ffffff"

TONES = {"good": BLUE, "middle": GREY, "bad": ORANGE, "plain": BLUE}
"""Colours of classes; never the only sign, a word or a place says the same."""

STEPS = ("#eef5fb", "#d3e6f4", "#abcfe9", "#7db3db", "#4c94ca", "#1f74b1", "#0b4f86")
"""Light to dark for cells; text is white on the two darkest."""

DARK_STEPS = 2

ON_LIGHT, ON_DARK = "#1f2932", "#fefefe"
"""Text on the steps, which are the same on a dark page: not the colours of other text, which change there."""
