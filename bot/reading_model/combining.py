"""What letters and words mean together, by one hidden layer over their counts.

The counts alone add up: "pas" pulls as much in "je ne veux pas mourir" as anywhere. Behind a
layer a word counts differently beside another, and costs next to nothing to read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.reading_model.ngrams import Counted

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """`weights` of shape (terms, units), in half precision; `bias` of shape (units,)."""

    weights: NDArray[np.float16]
    bias: Floats

    def features(self, counted: Counted) -> Floats:
        """Shape (units,): how strongly each unit answers to these terms, nothing below zero."""
        rows = self.weights[counted.indices].astype(np.float32)
        return np.asarray(np.maximum(counted.values @ rows + self.bias, 0), dtype=np.float32)
