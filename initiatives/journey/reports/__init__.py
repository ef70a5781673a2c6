"""What the pages of the journey show: one named query for each."""
