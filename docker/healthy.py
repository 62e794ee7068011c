"""Whether the service of this container answers: exit code 0 or 1. Standard library only.

python docker/healthy.py http://127.0.0.1:8080/health/live
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

_WITHIN = 5.0


def answers(url: str, token: str) -> bool:
    """Whether a GET of this http:// address gives 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_WITHIN)
    try:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", parts.path, headers=headers)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    # Rasa answers only those who have its word; the others do not mind it.
    sys.exit(0 if answers(sys.argv[1], os.environ.get("RELAIS_RASA_TOKEN", "")) else 1)
