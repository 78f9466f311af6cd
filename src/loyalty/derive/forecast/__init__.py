"""The revenue of the months to come, by several methods, and how each would have done before."""
