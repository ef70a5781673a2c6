"""What the boards show. Every number comes with the address of the records that it counts, and the two agree."""
