"""The nouns: canonical tables, periods, results, metrics. No input or output, no arithmetic on tables."""
