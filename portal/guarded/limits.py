"""The walls a child puts round itself before it reads its first request."""

import resource
import signal

MEGABYTE = 1024 * 1024


def limit_memory(megabytes: int) -> None:
    """Cap the address space: what goes over raises MemoryError inside the child, and the machine does not notice."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * MEGABYTE, 64 * MEGABYTE))


def die_after(processor_seconds: float) -> None:
    """The kernel ends us once we have worked that long, even if whoever should kill us is dead itself; 0 calls it off.

    Processor time and not the wall clock: a busy machine must not make an honest document look like a hostile one. The
    parent's own limit on the wall clock stands behind it.
    """
    signal.setitimer(signal.ITIMER_PROF, processor_seconds)
