"""Asks the portal on this machine whether it is alive: `python -m kulturmetropol.probe`.

Ends with 0 or 1, for those who watch over containers. It sends the portal's own name, as no other host is answered.
"""

import os
import sys
import urllib.request
from urllib.error import URLError
from urllib.parse import urlsplit


def probe(page: str = "healthz", server: str = "http://127.0.0.1:8000") -> int:
    host = urlsplit(os.environ.get("SITE_URL", "https://localhost")).netloc
    request = urllib.request.Request(f"{server}/{page}", headers={"Host": host})  # noqa: S310  our own
    try:
        with urllib.request.urlopen(request, timeout=4):  # noqa: S310
            return 0
    except (URLError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(probe(*sys.argv[1:]))
