"""The web never loads a model library."""

import subprocess
import sys

HEAVY = ("torch", "torchvision", "onnxruntime", "numpy", "cv2", "resvg_py")
SCRIPT = f"""
import sys
import django
from django.urls import get_resolver
import shop.wsgi
get_resolver().url_patterns
from django.test import RequestFactory
import visualsearch.views, visualsearch.api, visualsearch.tasks, visualsearch.searches
print(*[name for name in {HEAVY} if name in sys.modules])
"""


def test_the_web_and_all_its_addresses_load_no_model_library():
    answer = subprocess.run([sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []
