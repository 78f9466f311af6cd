"""Support tickets: which there are, how long they took, and how many were handled as promised."""
