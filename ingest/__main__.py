"""``python -m ingest PATH…``: the same as ``newsdesk ingest PATH…``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ingest.command import run
from newsdesk.errors import NewsdeskError
from newsdesk.settings import from_environment


def main() -> int:
    """Ingest what the command line names; the exit status is 0, 1 (a source failed) or 2 (bad input)."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Bring articles into the archive.")
    parser.add_argument("sources", nargs="*", help="files, folders and web addresses of articles")
    parser.add_argument("--include", action="append", default=[], help="of folders only files like this: '*.html'")
    parser.add_argument("--exclude", action="append", default=[], help="of folders no files like this")
    parser.add_argument("--report", type=Path, help="a JSON file for what was done, with each failure")
    parser.add_argument("--rebuild", action="store_true", help="make all vectors anew from the archive")
    arguments = parser.parse_args()
    if not arguments.sources and not arguments.rebuild:
        parser.error("name a file or a folder of articles, for example: seeds/articles")
    try:
        return run(
            arguments.sources,
            from_environment(os.environ),
            rebuild=arguments.rebuild,
            report_to=arguments.report,
            include=arguments.include,
            exclude=arguments.exclude,
        )
    except NewsdeskError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. What was stored stays; run the same command to go on.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
