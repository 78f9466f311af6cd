"""What the toolkit says, in English and Turkish: one catalogue file per language."""

from loyalty.words.catalogue import LANGUAGES, Words, readable

__all__ = ["LANGUAGES", "Words", "readable"]
