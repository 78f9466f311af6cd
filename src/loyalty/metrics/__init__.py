"""Station 3: one file is one metric. Numbers only: a metric knows no file, no format, no clock and no other metric."""
