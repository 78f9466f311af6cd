"""Where each customer stands today, and how good the rule is that says so."""
