"""BG/NBD: gamma purchase rates, and after every repeat order a beta chance to leave (Fader, Hardie & Lee 2005)."""

from __future__ import annotations

from loyalty.stats.btyd.beta_geometric import BetaGeometricNBD

BG_NBD = BetaGeometricNBD("bg", first_too=0)
