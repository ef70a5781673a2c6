"""`make bench`: each page beside its floor, over HTTP against gunicorn with two workers, at two sizes of the company.

A floor is the cheapest page that shows as much: signed in, one indexed query, the same number of rows and columns, a plain
template. Pages are compared with their floors in one run, in windows that take turns, because machines are not alike and
not steady; the ratio is what the goals are about.
"""
