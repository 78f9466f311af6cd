"""Who was a member from when to when, and what follows from that for retention and churn."""
