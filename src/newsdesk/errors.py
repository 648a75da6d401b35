"""Errors for people: each message says what is wrong, with which input, and what to do next."""

from __future__ import annotations


class NewsdeskError(Exception):
    """The base of all errors that newsdesk raises on purpose."""

    status = 500
    """HTTP status of the API's answer."""
    exit_code = 1
    """Exit status of the command line."""


class BadInput(NewsdeskError):
    """The caller asked for something that cannot be: an empty question, a wrong setting, a missing path."""

    status = 422
    exit_code = 2


class NotFound(NewsdeskError):
    """The named thing is not in the archive."""

    status = 404


class InUse(NewsdeskError):
    """Another process holds what this one needs: the data folder, the port."""

    status = 503


class Mismatch(NewsdeskError):
    """The archive's vectors were made by another embedding model."""

    status = 409


class Unreadable(NewsdeskError):
    """A source holds no article that can be read; the others are not affected."""

    status = 422


class Busy(NewsdeskError):
    """More is asked at the moment than can wait; coming back a little later helps."""

    status = 503


class TooSlow(NewsdeskError):
    """The time allowed for a question is over."""

    status = 504


class DiskFull(NewsdeskError):
    """Nothing more can be written to the data folder; what was written stays."""

    status = 507
