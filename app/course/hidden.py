"""What an instructor hides: numbers drawn from a key that the autograder holds, and no student's folder does."""

import hashlib
import hmac
from pathlib import Path

import numpy as np

KEY_FILE = "grading_key.txt"  # beside the notebook while it is built and graded
PUBLIC_SECRET = b"anybody can draw these"  # without a secret of the instructor's
SHORTEST = 16  # bytes of a secret that cannot be guessed


def hidden(what: str) -> np.random.Generator:
    """A generator for one hidden thing, the same wherever the lab's key is: in building the lab and in grading it.

    `what` names the thing, so that two things of a lab differ. Raises a FileNotFoundError where there is no key.
    """
    try:
        key = Path(KEY_FILE).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{KEY_FILE}: only the autograder has it, and what is drawn from it is hidden") from None
    return np.random.default_rng(list(hmac.digest(key, what.encode(), "sha256")))


def hidden_seeds(what: str, n: int) -> list[int]:
    """`n` seeds for economies, drawn from the lab's key."""
    return hidden(what).integers(1, 2**31, n).tolist()


def key_of(lab: str, secret: bytes) -> bytes:
    """The key of one lab, from which neither the secret nor the key of another lab can be told.

    >>> key_of("01_parable", b"a") == key_of("02_incentives_and_effort", b"a")
    False
    """
    return hmac.new(secret, lab.encode(), hashlib.sha256).hexdigest().encode()


def read_secret(path: Path | None) -> bytes:
    """The instructor's secret, the words of a file; raises a ValueError of one line for a file that will not do."""
    if path is None:
        return PUBLIC_SECRET
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ValueError(f"--secret: {path}: cannot be read: {error.strerror or error}") from None
    if len(secret) < SHORTEST:
        raise ValueError(f"--secret: {path}: holds {len(secret)} bytes; it takes {SHORTEST} or more, any that nobody can guess")
    return secret
