"""The ledger: orders read once and kept in a folder, so that a month's export is added without reading the past again.

A ledger holds what every metric on orders computes from - the rows as they were understood, and the facts of each
month made of them - and a table of customers for other programs::

    ledger/
      ledger.json                      what is valid: the columns, the exports read, the files of each month
      orders/month=2026-10/1-0.parquet rows whose order began in that month
      facts/purchase_days/month=2026-10/1.parquet
      customers/1-0.parquet            one row per customer, with the months of purchase as bits

Files are never changed, only replaced: the number in front is that of the update that wrote them. ``ledger.json`` is
written last, so that a run that is cut off leaves the ledger as it was.
"""

from loyalty.ledger.customers import counts
from loyalty.ledger.load import Ledger, find
from loyalty.ledger.write import take_in

__all__ = ["Ledger", "counts", "find", "take_in"]
