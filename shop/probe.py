"""Docker's health checks: `python -m shop.probe` for the web process, `python -m shop.probe QUEUE` for a worker."""

import os
import sys
import urllib.error
import urllib.request

from shop.environment import env


def web() -> str:
    """Asks the web server of this container, under a name that it goes by. Gives what is wrong, or nothing."""
    host = env.list("ALLOWED_HOSTS", default=["localhost"])[0].lstrip(".")
    address = f"http://127.0.0.1:{env.int('PORT', default=8000)}/healthz"
    try:
        urllib.request.urlopen(urllib.request.Request(address, headers={"Host": host}), timeout=5)
    except (urllib.error.URLError, OSError) as error:
        return str(error)
    return ""


def worker(queue: str) -> str:
    """Looks for a sign of life from a worker of the queue. Gives what is wrong, or nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    from shop import heartbeat

    return "" if heartbeat.age(queue) is not None else f"No worker of the queue {queue} has been heard of."


if __name__ == "__main__":
    sys.exit((worker(sys.argv[1]) if sys.argv[1:] else web()) or 0)
