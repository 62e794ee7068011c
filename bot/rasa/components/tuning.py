"""Tune the sentence encoder on our examples, three questions at once.

The same network as `bot.reading_model.encoder`, in TensorFlow, which comes with Rasa. The table of
word pieces stays as it is; the convolutions and the dense layers move a little, the three heads
learn from nothing. Words are left out at random, so that no single one decides.

Promises: the same examples and seed give the same weights on the same machine. Needs the real
TensorFlow (see lean.py); takes minutes, and says how far it is.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.reading_model.encoder import (
    CHANNELS,
    FEATURES,
    ORDERS,
    PEAK_SCALE,
    TUNED,
    VECTOR_SCALE,
    WIDTH,
    Pieces,
)
from bot.reading_model.model import HEADS

log = logging.getLogger("relais.training")

BATCH = 48
BODY_RATE, HEAD_RATE = 3e-4, 3e-3
WARM_UP = 0.1
DROPPED, UNSEEN = 0.3, 0.1  # of the features, of the words
# What each question weighs.
WEIGHTS = {"intent": 1.0, "urgency": 1.0, "role": 0.7}


@dataclass(frozen=True)
class Lesson:
    """One example: its word pieces, and for each question how likely each label is, or None."""

    pieces: list[int]
    answers: dict[str, np.ndarray | None]


def tune(
    lessons: Sequence[Lesson], sizes: dict[str, int], pieces: Pieces, *, epochs: int, seed: int
) -> tuple[dict[str, np.ndarray], dict[str, tuple[np.ndarray, np.ndarray]]]:
    """The tuned weights by the names of `TUNED`, and (weights, bias) of each head."""
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    tf.keras.utils.set_random_seed(seed)
    shuffled = random.Random(seed)

    known = sorted({piece for lesson in lessons for piece in lesson.pieces})
    row_of = {piece: row + 1 for row, piece in enumerate(known)}
    table = np.concatenate(
        [np.zeros((1, WIDTH), np.float32), pieces.rows(np.array(known, dtype=np.int64))]
    )
    body = {name: tf.Variable(value) for name, value in pieces.untuned().items()}
    spread = np.random.default_rng(seed)
    heads = {
        head: (
            tf.Variable(spread.normal(0, 0.01, (FEATURES, sizes[head])).astype(np.float32)),
            tf.Variable(np.zeros(sizes[head], np.float32)),
        )
        for head in HEADS
    }
    network = _Network(tf, tf.constant(table), body, heads, pieces.epsilon)

    indexed = [[row_of[piece] for piece in lesson.pieces] for lesson in lessons]
    steps = epochs * -(-len(lessons) // BATCH)
    done = 0
    for epoch in range(epochs):
        lost = 0.0
        for chosen in _batches(indexed, shuffled):
            pace = min(1.0, done / (WARM_UP * steps)) * (1 - done / steps)
            done += 1
            batch = _batch(chosen, indexed, lessons, sizes)
            lost += float(network.step(*batch, tf.constant(pace, tf.float32))) * len(chosen)
        log.warning("tuning: epoch %d of %d, loss %.3f", epoch + 1, epochs, lost / len(lessons))
    return (
        {name: body[name].numpy() for name in TUNED},
        {head: (weights.numpy(), bias.numpy()) for head, (weights, bias) in heads.items()},
    )


def _batches(indexed: Sequence[list[int]], shuffled: random.Random) -> list[list[int]]:
    """Examples of about one length together, the batches in any order."""
    order = list(range(len(indexed)))
    shuffled.shuffle(order)
    order.sort(key=lambda k: len(indexed[k]) // 8 + shuffled.random())
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    shuffled.shuffle(batches)
    return batches


def _batch(
    chosen: list[int],
    indexed: Sequence[list[int]],
    lessons: Sequence[Lesson],
    sizes: dict[str, int],
) -> tuple[Any, ...]:
    rows = np.zeros((len(chosen), max(len(indexed[k]) for k in chosen)), np.int32)
    for line, k in enumerate(chosen):
        rows[line, : len(indexed[k])] = indexed[k]
    answers = []
    for head in HEADS:
        wanted = np.zeros((len(chosen), sizes[head]), np.float32)  # all zero: not asked
        for line, k in enumerate(chosen):
            answer = lessons[k].answers[head]
            if answer is not None:
                wanted[line] = answer
        answers.append(wanted)
    return rows, *answers


class _Network:
    """The forward pass and one step of learning."""

    def __init__(self, tf: Any, table: Any, body: Any, heads: Any, epsilon: float) -> None:
        self._tf, self._table, self._body, self._heads = tf, table, body, heads
        self._epsilon = epsilon
        self._variables = list(body.values())
        self._head_variables = [variable for pair in heads.values() for variable in pair]
        self._optimizers = (tf.keras.optimizers.legacy.Adam(), tf.keras.optimizers.legacy.Adam())
        matrix = tf.TensorSpec((None, None), tf.float32)
        self.step = tf.function(
            self._step,
            autograph=False,
            input_signature=[
                tf.TensorSpec((None, None), tf.int32), matrix, matrix, matrix,
                tf.TensorSpec((), tf.float32),
            ],
        )  # fmt: skip

    def _step(self, rows: Any, intent: Any, urgency: Any, role: Any, pace: Any) -> Any:
        tf = self._tf
        with tf.GradientTape() as tape:
            features = tf.nn.dropout(self._features(rows), DROPPED)
            loss = 0.0
            for head, wanted in zip(HEADS, (intent, urgency, role), strict=True):
                weights, bias = self._heads[head]
                said = tf.nn.log_softmax(features @ weights + bias)
                loss += -WEIGHTS[head] * tf.reduce_mean(tf.reduce_sum(wanted * said, -1))
        variables = [*self._variables, *self._head_variables]
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), 1.0)
        for optimizer, rate, part in (
            (self._optimizers[0], BODY_RATE, slice(0, len(self._variables))),
            (self._optimizers[1], HEAD_RATE, slice(len(self._variables), None)),
        ):
            optimizer.learning_rate = rate * pace
            optimizer.apply_gradients(zip(gradients[part], variables[part], strict=True))
        return loss

    def _features(self, rows: Any) -> Any:
        tf, w = self._tf, self._body
        there = tf.cast(rows > 0, tf.float32)
        seen = there * tf.cast(tf.random.uniform(tf.shape(rows)) > UNSEEN, tf.float32)
        # The first piece marks the beginning and always stays: no message is empty.
        mask = tf.concat([there[:, :1], seen[:, 1:]], 1)[..., None]
        words = tf.gather(self._table, rows) * mask
        x = self._times(words, w["proj_W"]) + w["proj_b"]
        x = self._normal(x, w["ln_g_all"], w["ln_b_all"]) * mask
        parts = [words]
        for i, (order, before) in enumerate(ORDERS):
            own = x[..., i * CHANNELS : (i + 1) * CHANNELS]
            once = (self._convolved(own, w[f"w1_{i}"], w[f"b1_{i}"], order, before) + own) * mask
            twice = self._convolved(once, w[f"w2_{i}"], w[f"b2_{i}"], order, before) + once
            parts.append(twice * mask)
        raw = self._normal(tf.concat(parts, -1), w["ln_g"], w["ln_b"])
        length = tf.reduce_sum(mask, 1)
        total = tf.reduce_sum(raw * mask, 1)
        mean = (total @ w["cnn_W"] + length * w["cnn_b"]) * tf.math.rsqrt(length)
        first = tf.nn.relu(mean @ w["d0"])
        second = tf.nn.relu(mean @ w["p1"] + first @ w["d1"])
        third = tf.nn.relu(second @ w["d2"])
        vector = tf.math.l2_normalize(tf.tanh(second @ w["p3"] + third @ w["d3"]), -1)
        peak = tf.reduce_max(tf.where(mask > 0, raw, -1e9), 1)
        return tf.concat([vector * VECTOR_SCALE, peak * PEAK_SCALE], -1)

    def _normal(self, x: Any, gain: Any, bias: Any) -> Any:
        tf = self._tf
        x = x - tf.reduce_mean(x, -1, keepdims=True)
        variance = tf.reduce_mean(x * x, -1, keepdims=True)
        return x * tf.math.rsqrt(variance + self._epsilon) * gain + bias

    def _convolved(self, x: Any, weight: Any, bias: Any, order: int, before: int) -> Any:
        tf = self._tf
        length = tf.shape(x)[1]
        padded = tf.pad(x, [[0, 0], [before, order - 1 - before], [0, 0]])
        windows = tf.concat([padded[:, k : k + length] for k in range(order)], -1)
        return tf.nn.relu(self._times(windows, weight) + bias)

    def _times(self, x: Any, weight: Any) -> Any:
        """`x @ weight` as one product of two matrices: much faster than a batch of them."""
        tf = self._tf
        flat = tf.reshape(x, [-1, weight.shape[0]]) @ weight
        return tf.reshape(flat, tf.concat([tf.shape(x)[:-1], [weight.shape[1]]], 0))
