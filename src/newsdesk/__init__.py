"""newsdesk answers questions about an archive of news articles, citing them word for word."""

from importlib.metadata import version

__version__ = version("newsdesk")
