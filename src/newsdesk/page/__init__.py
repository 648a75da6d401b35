"""What the web chat shows, as HTML; how it is served is in ``newsdesk.chat``.

``highlight`` marks exact places in a text, ``conversation`` shows questions and answers, ``panel`` the articles
they stand on; ``events`` says what becomes of a question, and of a click.
"""
