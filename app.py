"""The web chat and the answer API: python app.py."""

import os
import sys

from newsdesk.errors import NewsdeskError
from newsdesk.server import serve
from newsdesk.settings import from_environment

if __name__ == "__main__":
    try:
        serve(from_environment(os.environ))
    except NewsdeskError as error:
        sys.exit(str(error))
