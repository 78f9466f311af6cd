"""From recognised columns to canonical tables: one file per kind."""
