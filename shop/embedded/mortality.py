"""Children that do not outlive a parent who was killed without a chance to stop them."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
# Loaded here, before any fork: a child between fork and exec should load nothing.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """For `preexec_fn`: asks Linux to end this process when the thread that started it ends. Elsewhere does nothing."""
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
