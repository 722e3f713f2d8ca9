"""Errors of ours; foreign ones are translated once, at the adapter.

PacekeeperError
├── AwayError        a broker or store does not answer: the same call may succeed later (retriable)
└── RefusedError     it answered no: repeating the call changes nothing
"""


class PacekeeperError(Exception):
    """Any error of ours."""

    retriable = False


class AwayError(PacekeeperError):
    """A broker or store does not answer, or not in time."""

    retriable = True


class RefusedError(PacekeeperError):
    """A broker or store refused what was asked."""
