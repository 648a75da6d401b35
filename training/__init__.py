"""How the reader that ships with newsdesk was trained: prepare, train, calibrate, evaluate, export."""
