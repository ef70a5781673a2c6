"""The named queries of the portfolio’s pages, one module a page or two."""
