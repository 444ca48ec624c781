"""How the web server runs: `gunicorn -c python:shop.gunicorn shop.wsgi`."""

import gc

from shop.environment import env

bind = f"{env('HOST', default='127.0.0.1')}:{env.int('PORT', default=8000)}"

# Threads, as most of a request is waiting: for the database, or for a worker to describe a photo.
worker_class = "gthread"
workers = env.int("WEB_PROCESSES", default=2)
threads = env.int("WEB_THREADS", default=8)
preload_app = True  # the processes share the memory of what they import
timeout = 60  # seconds
graceful_timeout = 5
control_socket_disable = True  # it would lie in the home folder, in the way of every other gunicorn
accesslog = None  # addresses are personal data


def when_ready(server: object) -> None:
    """What is loaded stays: it need not be looked through while somebody waits, nor copied by each process.

    Nearly all objects that a page makes go by themselves: they are looked through seldom, not many times a page.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
