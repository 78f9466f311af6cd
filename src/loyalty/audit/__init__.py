"""The audit of exports: whether their figures tie with what the platform shows, and what does not fit together."""

from loyalty.audit.run import Audit, audit

__all__ = ["Audit", "audit"]
