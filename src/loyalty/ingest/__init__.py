"""Station 1: from somebody's export to canonical tables. The only code that opens input."""
