"""Learn what terms mean together: one hidden layer over their counts, all questions at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.neural_network import MLPClassifier

from bot.reading_model.combining import Layer

log = logging.getLogger("relais.training")

UNITS, EPOCHS = 128, 6
BATCH, RATE = 128, 1e-3

# The likeliest label of each example, None where it does not say.
Sure = Sequence[int | None]


def learn(
    matrix: csr_matrix, answers: Mapping[str, Sure], sizes: Mapping[str, int], seed: int
) -> tuple[Layer, dict[str, tuple[np.ndarray, np.ndarray]]]:
    """The layer, and (weights, bias) of each head over it; the same for the same input.

    `matrix` has one row an example. A label is learnt as a yes or no of its own, so that an example
    may answer one question and not another.
    """
    starts = dict(zip(sizes, np.cumsum([0, *sizes.values()]), strict=False))
    wanted = np.zeros((matrix.shape[0], sum(sizes.values())), int)
    for head, labels in answers.items():
        for row, label in enumerate(labels):
            if label is not None:
                wanted[row, starts[head] + label] = 1
    network = MLPClassifier(
        (UNITS,), alpha=1e-4, batch_size=BATCH, learning_rate_init=RATE, random_state=seed
    )
    for epoch in range(EPOCHS):
        network.partial_fit(matrix, wanted, classes=np.arange(wanted.shape[1]))
        log.warning("terms together: epoch %d of %d, loss %.3f", epoch + 1, EPOCHS, network.loss_)
    (first, last), (bias, last_bias) = network.coefs_, network.intercepts_
    heads = {
        head: (last[:, start : start + sizes[head]], last_bias[start : start + sizes[head]])
        for head, start in starts.items()
    }
    return Layer(first.astype(np.float16), bias.astype(np.float32)), heads
