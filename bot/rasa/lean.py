"""Import Rasa without TensorFlow.

Rasa imports TensorFlow (and, through it, JAX and Keras) whether or not the pipeline uses it. Ours
does not: the classifier is scikit-learn, the dialogue is rules. Measured on two cores, the import
costs seven of the twelve seconds of a start and half of the memory, so the launchers of this folder
put an empty module in its place first.

Limits: a component that does need TensorFlow (DIETClassifier, TEDPolicy ...) fails at once with
`TensorFlowLeftOut`, naming what it wanted; set RELAIS_RASA_TENSORFLOW=1 to import the real one.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from types import ModuleType
from typing import Any, ClassVar


class TensorFlowLeftOut(RuntimeError):
    """A component asked for TensorFlow, which this process left out to start faster."""


class _Placeholder(type):
    """A class that can be subclassed, annotated with and decorated by, but never used."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__name__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # A bare decorator (`@tf.function`) is applied while a module is being imported.
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        if not args and all(isinstance(v, (bool, str, type(None))) for v in kwargs.values()):
            return lambda function: function
        raise TensorFlowLeftOut(f"{cls.__name__}: set RELAIS_RASA_TENSORFLOW=1")


def _placeholder(name: str) -> Any:
    return _Placeholder(name, (), {})


class _EmptyModule(ModuleType):
    __path__: ClassVar[list[str]] = []
    __version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{self.__name__}.{name}")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    names = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "keras", "jax")

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> ModuleType:
        return _EmptyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def leave_tensorflow_out() -> None:
    """Call before the first import of rasa; does nothing if RELAIS_RASA_TENSORFLOW=1."""
    if os.environ.get("RELAIS_RASA_TENSORFLOW") != "1" and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
