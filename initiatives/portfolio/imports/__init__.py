"""Initiatives from files: what can be filled, and what a row does to the portfolio. Registered with core's imports.

A row is known by external source and id. New ones are drafted and stand at the mapping's status (active unless it says
otherwise); known ones are edited, but keep their status, their owner and what people decided here. A published rating is a
check-in without an author, dated by the file and quoting the rating in its own words; health is never better than the
rating's nearest colour. Nobody is accountable until a department accepts, so no report is asked for before.
"""
