"""The Celery application. Workers of the `search` queue answer people, those of `index` read the catalogue."""

import os

from celery import Celery
from celery.signals import heartbeat_sent

from shop import heartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

app = Celery("vitrine")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

heartbeat_sent.connect(heartbeat.note)
