"""Searches a Vitrine shop with a photo, prints what it found: python search.py http://127.0.0.1:8000 photo.jpg in red

Nothing but Python's own library. Words after the photo bring what fits them to the front ("in red", "longer").
"""

import json
import secrets
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PAGES = 3  # of the list of the main object


def ask(url, data=None, **headers):
    """The JSON behind an address; when asked too often, once more as soon as it is welcome."""
    request = Request(url, data, {name.replace("_", "-"): value for name, value in headers.items()})  # noqa: S310
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)
    except HTTPError as error:
        problem = json.load(error)
        if error.code == 429:
            time.sleep(int(error.headers["Retry-After"]))
            return ask(url, data, **headers)
        sys.exit(f"{problem['title']}: {problem['detail']}")


def search(shop, photo):
    """Send a photo; the search, once a worker has described it."""
    edge = secrets.token_hex(16)
    head = f'--{edge}\r\nContent-Disposition: form-data; name="photo"; filename="photo"\r\n\r\n'
    body = head.encode() + photo + f"\r\n--{edge}--\r\n".encode()
    found = ask(
        f"{shop}/api/v1/searches/", body, Prefer="wait=10", Content_Type=f"multipart/form-data; boundary={edge}"
    )
    while found["status"] == "waiting":
        time.sleep(1)
        found = ask(found["url"])
    return found


def products(url):
    """The results of a list, page after page."""
    for _ in range(PAGES):
        page = ask(url)
        for word in page["words"]:
            if not word["products"]:
                print(f"(Nothing is known of “{word['said']}” here.)")
        yield from page["results"]
        if not (url := page["next"]):
            return


def main(shop, photo, *words):
    found = search(shop.rstrip("/"), Path(photo).read_bytes())
    if found["status"] == "failed":
        sys.exit(found["detail"])
    things = {thing["index"]: thing for thing in found["objects"]}
    print(
        "Found:",
        ", ".join(f"{thing['label']} ({thing['score']:.0%})" for thing in things.values()) or "no single thing",
    )
    chosen = things.get(found["main"], found["image"])
    url = chosen["results_url"] + ("&" + urlencode({"words": " ".join(words)}) if words else "")
    for hit in products(url):
        unsure = "" if hit["accepted"] is not False else "  (only comes near)"
        print(f"{hit['rank']:3} {hit['score']:.2f}  {hit['product']['name']}, {hit['product']['price']}{unsure}")
    print(found["page"])


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 2 else sys.exit(__doc__)
