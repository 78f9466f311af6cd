"""Station 2: what several metrics need, made once, lazily, and named by what it is."""
