"""MBG/NBD: as BG/NBD, but customers may leave after their first order too, so one-time buyers may be gone.

Source: Batislam, Denizel & Filiztekin (2007), IJRM 24(3); Hoppe & Wagner (2007), Marketing JRM 3(2).
"""

from __future__ import annotations

from loyalty.stats.btyd.beta_geometric import BetaGeometricNBD

MBG_NBD = BetaGeometricNBD("mbg", first_too=1)
