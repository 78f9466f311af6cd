"""The names of months and weekdays in Turkish and English, as they stand inside dates."""

from __future__ import annotations

MONTHS: tuple[tuple[str, ...], ...] = (
    ("OCAK", "JANUARY", "OCA", "JAN"),
    ("SUBAT", "FEBRUARY", "SUB", "FEB"),
    ("MART", "MARCH", "MAR"),
    ("NISAN", "APRIL", "NIS", "APR"),
    ("MAYIS", "MAY"),
    ("HAZIRAN", "JUNE", "HAZ", "JUN"),
    ("TEMMUZ", "JULY", "TEM", "JUL"),
    ("AGUSTOS", "AUGUST", "AGU", "AUG"),
    ("EYLUL", "SEPTEMBER", "EYL", "SEPT", "SEP"),
    ("EKIM", "OCTOBER", "EKI", "OCT"),
    ("KASIM", "NOVEMBER", "KAS", "NOV"),
    ("ARALIK", "DECEMBER", "ARA", "DEC"),
)
"""January to December in capitals without accents."""

WEEKDAYS = (
    *("PAZARTESI", "SALI", "CARSAMBA", "PERSEMBE", "CUMARTESI", "CUMA", "PAZAR"),
    *("PZT", "SAL", "CAR", "PER", "CUM", "CMT", "PAZ"),
    *("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"),
    *("MON", "TUES", "TUE", "WED", "THURS", "THUR", "THU", "FRI", "SAT", "SUN"),
)

MONTH_MARKS = {
    name: f"M{number:02}"
    for name, number in sorted(
        ((name, number) for number, names in enumerate(MONTHS, start=1) for name in names),
        key=lambda pair: -len(pair[0]),
    )
}
"""``"OCAK"`` to ``"M01"``; the longest names first, so that MARCH is not MAR and CH."""
