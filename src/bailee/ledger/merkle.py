"""The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1): hashes, growth at the right edge, proofs.

Pure. A tree is known by its *tiles* (``tile.py``): the tile ``n`` of level ``l`` holds up to 256
hashes, each the root of a perfect subtree of ``256**l`` leaves. Whatever is asked about a tree of
a given size is answered from a prefix of such tiles, so old sizes need no storage of their own.

A tree that is still growing keeps its *edge*: for each level the tile that is not yet full, 0 to
255 hashes. The size alone says how wide each is: ``(size >> 8*level) % 256``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bailee.errors import Broken

WIDTH = 256
HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

ReadTile = Callable[[int, int, int], bytes]
"""Answers (level, n, width) with the first ``width`` hashes of a tile, 32 bytes each."""


@dataclass(frozen=True, slots=True)
class Head:
    """A tree's size (leaves) and its edge: per level the bytes of the tile that is not full."""

    size: int = 0
    edge: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """A full tile: 256 hashes, 8,192 bytes."""

    level: int
    n: int
    data: bytes


def leaf_hash(entry: bytes) -> bytes:
    """Return ``SHA-256(0x00 || entry)``."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return ``SHA-256(0x01 || left || right)``."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: bytes) -> bytes:
    """Return the root over 1, 2, 4 … 256 hashes of 32 bytes."""
    while len(hashes) > HASH_BYTES:
        hashes = b"".join(  # a list: join makes one of anything else first
            [sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)]
        )
    return hashes


def _perfect_parts(hashes: bytes) -> list[bytes]:
    """Return the roots of the largest perfect subtrees over a tile's prefix, left to right."""
    parts, at, width = [], 0, len(hashes) // HASH_BYTES
    for bit in range(width.bit_length() - 1, -1, -1):
        if width >> bit & 1:
            end = at + (HASH_BYTES << bit)
            parts.append(perfect_root(hashes[at:end]))
            at = end
    return parts


def _join(parts: Iterable[bytes]) -> bytes:
    """Join subtree roots, given right to left; ``EMPTY_ROOT`` for none."""
    root = None
    for part in parts:
        root = part if root is None else node_hash(part, root)
    return EMPTY_ROOT if root is None else root


def root(head: Head) -> bytes:
    """Return the Merkle tree hash of a growing tree."""
    return _join(part for tile in head.edge for part in reversed(_perfect_parts(tile)))


def list_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over a short list of leaf hashes (the records of one entry)."""
    return leaves[0] if len(leaves) == 1 else root(grow(Head(), leaves)[0])


def grow(head: Head, leaves: Sequence[bytes]) -> tuple[Head, list[Tile]]:
    """Append leaf hashes; return the new head and every tile that became full."""
    full: list[Tile] = []
    edge: list[bytes] = []
    size, rising, level = head.size + len(leaves), b"".join(leaves), 0
    first = head.size  # index, at this level, of the first hash that rises
    while rising or level < len(head.edge):
        before = head.edge[level] if level < len(head.edge) else b""
        hashes, n, at = before + rising, first // WIDTH, 0
        roots: list[bytes] = []
        while len(hashes) - at >= WIDTH * HASH_BYTES:
            data = hashes[at : at + WIDTH * HASH_BYTES]
            full.append(Tile(level, n + len(roots), data))
            roots.append(perfect_root(data))
            at += WIDTH * HASH_BYTES
        edge.append(hashes[at:])
        rising, first, level = b"".join(roots), first // WIDTH, level + 1
    return Head(size, tuple(edge)), full


def pack_edge(head: Head) -> bytes:
    """Return the edge's bytes; the size says how to part them again."""
    return b"".join(head.edge)


def unpack_edge(size: int, data: bytes) -> Head:
    """Return the head whose edge was packed.

    Raises:
        Broken: ``ledger.head`` when the bytes do not fit the size.
    """
    edge, at, rest = [], 0, max(size, 0)
    while rest:
        end = at + rest % WIDTH * HASH_BYTES
        edge.append(data[at:end])
        at, rest = end, rest // WIDTH
    if size < 0 or at != len(data):
        raise Broken("ledger.head", "A log's head does not fit its size.")
    return Head(size, tuple(edge))


# Questions about a tree of any size, answered from tiles.


def _node(level: int, index: int, read: ReadTile) -> bytes:
    """Return the root of the perfect subtree number ``index`` of ``2**level`` leaves."""
    tile_level, height = divmod(level, 8)
    n, at = divmod(index << height, WIDTH)
    end = at + (1 << height)
    return perfect_root(read(tile_level, n, end)[at * HASH_BYTES : end * HASH_BYTES])


def _range_root(start: int, end: int, read: ReadTile) -> bytes:
    """Return ``MTH(D[start:end])`` for the ranges that proofs ask for (start is aligned)."""
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append(_node(level, start >> level, read))
        start += 1 << level
    return _join(reversed(parts))


def root_at(size: int, read: ReadTile) -> bytes:
    """Return the root of the tree's first ``size`` leaves."""
    return _range_root(0, size, read)


def _split(size: int) -> int:
    """Return the largest power of two smaller than the size (size ≥ 2)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, read: ReadTile) -> list[bytes]:
    """Return the audit path of a leaf, from its sibling up (RFC 6962 §2.1.1)."""
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, read))
            end = middle
        else:
            path.append(_range_root(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, read: ReadTile) -> list[bytes]:
    """Return the proof that ``new`` leaves extend the first ``old`` ones (RFC 6962 §2.1.2)."""
    if old in (0, new):
        return []
    proof, start, end, whole = [], 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range_root(middle, end, read))
            end = middle
        else:
            proof.append(_range_root(start, middle, read))
            start, whole = middle, False
    if not whole:
        proof.append(_range_root(start, end, read))
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path leads to (RFC 9162 §2.1.3.2), None when it cannot fit."""
    if not 0 <= index < size:
        return None
    node, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return result if last == 0 else None


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Say whether a proof shows that (size, root) ``new`` extends ``old`` (RFC 9162 §2.1.4.2)."""
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size in (0, new_size):
        same = old_root == (new_root if old_size else EMPTY_ROOT)
        return same and not proof
    if not 0 < old_size < new_size or not proof:
        return False
    rest = list(proof)
    if old_size & (old_size - 1) == 0:
        rest.insert(0, old_root)
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    left = right = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            left, right = node_hash(sibling, left), node_hash(sibling, right)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            right = node_hash(right, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and left == old_root and right == new_root
