"""Statistics a metric may call: numbers in, numbers out, no names of tables."""
