"""Touchpoints from files: what can be filled, and what a row does to the map. Registered with core's imports.

A row is known by external source and id. New touchpoints come onto the map, known ones are edited by the same act as on the page;
who owns them, and whether they are split, is decided here and never by a file: the department of a row is asked to own it, once.
"""
