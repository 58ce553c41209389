"""The first thing each child does: give up the right to much time, memory and disk."""

import resource
import signal


def take_limits(memory_bytes: int, cpu_seconds: int, file_bytes: int) -> None:
    """From here on the kernel stops this process rather than let it harm the portal."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    room = file_bytes if hard == resource.RLIM_INFINITY else min(file_bytes, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    # A write past the limit is then an error that can be told, not a death.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
