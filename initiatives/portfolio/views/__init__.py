"""The portfolio's pages and acts. Each view fetches through access.py, calls one act or report, and replies."""
