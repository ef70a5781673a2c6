"""cxgov on one machine: PostgreSQL, Valkey, web server, worker and beat as children of one process.

For a laptop, a trial and the tests. Production starts its own processes (docs/OPERATIONS.md) and needs nothing of this.
Nothing here imports Django's settings: the environment that they read is made here first.
"""
