"""What ends a run early."""


class BenchError(Exception):
    """The measurement cannot go on; the message says why."""
