"""newsdesk answers questions about an archive of news articles, citing them word for word."""
