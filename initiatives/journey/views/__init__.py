"""The pages of the journey, one module for each part of it."""
