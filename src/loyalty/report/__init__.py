"""Many results become one document about one period, with the change against the period before."""
