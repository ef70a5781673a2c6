"""What the pages of the room decisions show."""
