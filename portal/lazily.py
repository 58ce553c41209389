"""Modules that are loaded when something of theirs is first asked for.

For what only a worker needs, but a page's process would load because it names the worker's jobs: signing brings 20 MB along.
"""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType


def lazily(name: str) -> ModuleType:
    """The module of this name. Raises ModuleNotFoundError at once where there is none; its own faults show at the first use."""
    if name in sys.modules:
        return sys.modules[name]
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    loader = spec.loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    loader.exec_module(module)
    return module
