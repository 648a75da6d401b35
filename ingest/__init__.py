"""From files to the archive: read, clean, split, embed, store."""
