"""How the sample data of the invented coffee shop comes about, one idea a file."""
