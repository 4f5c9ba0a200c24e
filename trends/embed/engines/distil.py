"""Distil a sentence encoder into one fixed vector a word piece, as model2vec does.

Each word piece is sent through the encoder by itself; the vectors are turned to their principal
axes, the first ``DIMENSIONS`` are kept, and each is weighted by how rare its piece is [1]_. The
vocabulary of BERT is ordered by frequency, so a piece's rank stands for it (Zipf's law).

References
----------
.. [1] S. Arora, Y. Liang, T. Ma (2017). A simple but tough-to-beat baseline for sentence
       embeddings. ICLR. Weight a / (a + p(w)).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trends.core.threads import threads
from trends.embed.engines.bert import Bert
from trends.embed.loading import quiet, single_threads

DIMENSIONS = 256
#: ``a`` of the weight.
RARITY = 1e-4
BATCH = 256
#: Raised when the recipe changes, as models made before are then others.
FORMAT = 1


def write(model: Bert, encoder: Any, folder: Path) -> None:
    """Distil and write a model that model2vec reads (safetensors, tokeniser and settings as JSON).

    Parameters
    ----------
    model : Bert
        The parts of the encoder.
    encoder : SentenceTransformer
        The same encoder, ready to run.
    folder : Path
        Where the files go.
    """
    from model2vec import StaticModel

    tokenizer = _plain(model)
    pieces = sorted(tokenizer.get_vocab(with_added_tokens=True).items(), key=lambda item: item[1])
    used = np.array(
        [
            i
            for token, i in pieces
            if not (token.startswith("[") and token.endswith("]") and len(token) > 2)
        ]
    )
    fixed = np.zeros((len(pieces), min(DIMENSIONS, model.size)), dtype=np.float32)
    fixed[used] = (
        _principal(_one_by_one(model, encoder, used), fixed.shape[1]) * _rarity(len(used))[:, None]
    )
    static = StaticModel(fixed.astype(np.float16), tokenizer, normalize=True)
    with quiet():
        static.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)


def _plain(model: Bert) -> Any:
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(model.tokenizer.to_str())
    copy.no_truncation()
    return copy


def _one_by_one(model: Bert, encoder: Any, used: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean over "[CLS] piece [SEP]" for every piece: what the encoder says of a text of this piece alone."""
    import torch

    before, *_, after = model.tokenizer.encode("a").ids
    network = encoder[0].auto_model if hasattr(encoder[0], "auto_model") else encoder[0].model

    def means(start: int) -> NDArray[np.float64]:
        with torch.inference_mode():
            ids = torch.tensor([[before, int(i), after] for i in used[start : start + BATCH]])
            state = network(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                token_type_ids=torch.zeros_like(ids),
            )
            return np.asarray(state.last_hidden_state.mean(1).numpy(), dtype=np.float64)

    with single_threads(), ThreadPoolExecutor(threads()) as pool:
        return np.concatenate(list(pool.map(means, range(0, len(used), BATCH))))


def _principal(rows: NDArray[np.float64], dimensions: int) -> NDArray[np.float64]:
    """Coordinates on the first principal axes; the sign of an axis makes its largest coordinate positive."""
    centred = rows - rows.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    scores = centred @ axes[:, ::-1][:, :dimensions]
    return scores * np.sign(scores[np.abs(scores).argmax(0), np.arange(scores.shape[1])])


def _rarity(n: int) -> NDArray[np.float64]:
    share = 1 / np.arange(2, n + 2)
    return RARITY / (RARITY + share / share.sum())
