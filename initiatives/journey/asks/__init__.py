"""The kinds of asks that the journey opens, one module for each part of it."""

from initiatives.journey.asks import ownership

__all__ = ["ownership"]
