"""Actuals from finance's files: what a line can say, and what becomes of it. Registered with core's imports.

A line is known by its source and document number. What it references (an initiative, or what a commitment's memo says: the number
of an order) takes it as an actual, shared by the pools that gave; whatever cannot be posted waits in the queue and says why.
The same line again changes nothing; a document that says something else than before waits, and the first line stays as it is.
"""
