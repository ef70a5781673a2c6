"""Pages of money, one module for each part of it."""
