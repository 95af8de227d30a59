"""The tree against published vectors, and against RFC 6962's own definition done slowly."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailee.errors import Broken
from bailee.ledger import merkle, tile

# Certificate Transparency's well-known inputs and the roots of their first 0 to 8 leaves.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


# RFC 6962 §2.1 as it is written: recursive, from the leaves, without tiles.


def mth(d: list[bytes]) -> bytes:
    """MTH of a list of leaf inputs."""
    if len(d) < 2:
        return sha256(b"\x00" + d[0]).digest() if d else sha256(b"").digest()
    k = split(len(d))
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def split(n: int) -> int:
    """Largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, d: list[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(d) == 1:
        return []
    k = split(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], whole=whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], whole=False), mth(d[:k])]


class Grown:
    """A tree grown in batches, and a reader of its tiles."""

    def __init__(self, batches: list[list[bytes]]) -> None:
        self.head = merkle.Head()
        self.tiles: dict[tuple[int, int], bytes] = {}
        for batch in batches:
            self.head, full = merkle.grow(self.head, [merkle.leaf_hash(d) for d in batch])
            self.tiles |= {(one.level, one.n): one.data for one in full}

    def read(self, level: int, n: int, width: int) -> bytes:
        """Answer as the store does."""
        data = self.tiles.get((level, n))
        if data is None:
            assert n == self.head.size >> 8 * (level + 1)
            data = self.head.edge[level]
        assert len(data) >= width * 32
        return data[: width * 32]


def leaves(count: int) -> list[bytes]:
    """Return distinct leaf inputs."""
    return [number.to_bytes(4, "big") for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_root_of_known_leaves(size: int) -> None:
    """The first 0 to 8 well-known leaves have the published roots."""
    head, _ = merkle.grow(merkle.Head(), [merkle.leaf_hash(d) for d in LEAVES[:size]])
    assert merkle.root(head).hex() == ROOTS[size]


def test_inclusion_of_known_leaf() -> None:
    """Leaf 5 of the well-known 8 has the published audit path."""
    grown = Grown([LEAVES])
    assert [h.hex() for h in merkle.inclusion_proof(5, 8, grown.read)] == INCLUSION_5_OF_8


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=4), st.data())
def test_growth_proofs_and_tiles_follow_the_definition(
    sizes: list[int], data: st.DataObject
) -> None:
    """However it was batched, root, proofs and old roots are those of the RFC's recursion."""
    d = leaves(sum(sizes))
    batches, at = [], 0
    for size in sizes:
        batches.append(d[at : at + size])
        at += size
    grown = Grown(batches)
    assert merkle.root(grown.head) == mth(d)
    assert merkle.unpack_edge(grown.head.size, merkle.pack_edge(grown.head)) == grown.head
    if not d:
        return
    old = data.draw(st.integers(0, len(d)))
    assert merkle.root_at(old, grown.read) == mth(d[:old])
    if old:
        index = data.draw(st.integers(0, old - 1))
        proof = merkle.inclusion_proof(index, old, grown.read)
        assert proof == path(index, d[:old])
        leaf = sha256(b"\x00" + d[index]).digest()
        assert merkle.root_from_inclusion(leaf, index, old, proof) == mth(d[:old])
        consistency = merkle.consistency_proof(old, len(d), grown.read)
        assert consistency == subproof(old, d, whole=True)
        assert merkle.is_consistent((old, mth(d[:old])), (len(d), mth(d)), consistency)


def test_every_small_proof_verifies_and_no_bent_one_does() -> None:
    """For all sizes to 20: each proof leads to its root; cut, grown, or misplaced it does not."""
    for size in range(1, 21):
        d = leaves(size)
        grown, root = Grown([d]), mth(leaves(size))
        for index in range(size):
            leaf, proof = (
                merkle.leaf_hash(d[index]),
                merkle.inclusion_proof(index, size, grown.read),
            )
            assert merkle.root_from_inclusion(leaf, index, size, proof) == root
            wrong = [
                merkle.root_from_inclusion(leaf, index, size, [*proof, root]),
                merkle.root_from_inclusion(leaf, index, size, proof[:-1]) if proof else None,
                merkle.root_from_inclusion(leaf, (index + 1) % size, size, proof),
                merkle.root_from_inclusion(leaf, size, size, proof),
            ]
            assert root not in (wrong if size > 1 else wrong[:1])
        for old in range(1, size):
            proof = merkle.consistency_proof(old, size, grown.read)
            before, after = (old, mth(d[:old])), (size, root)
            assert merkle.is_consistent(before, after, proof)
            assert not merkle.is_consistent((old, root), after, proof)
            assert not merkle.is_consistent(before, (size, before[1]), proof)
            assert not merkle.is_consistent(before, after, [*proof, root])
            assert not merkle.is_consistent(before, after, proof[:-1])


def test_head_that_does_not_fit_its_size_is_broken() -> None:
    """An edge with a hash too many or too few is refused."""
    for data in (b"", bytes(64)):
        with pytest.raises(Broken, match=r"ledger\.head"):
            merkle.unpack_edge(1, data)


def test_tile_paths_are_those_of_the_specification() -> None:
    """Index 1234067 is x001/x234/067; partial tiles say their width."""
    assert tile.index_path(1234067) == "x001/x234/067"
    assert tile.index_path(0) == "000"
    assert tile.index_path(999) == "999"
    assert tile.index_path(1000) == "x001/000"
    assert tile.tile_path(1, 5, 17) == "tile/1/005.p/17"
    assert tile.bundle_path(1234067) == "tile/entries/x001/x234/067"


def test_layout_of_70000_leaves_is_that_of_the_specification() -> None:
    """70,000 leaves are 273 full tiles and one of 112, one full and one of 17, one of 1."""
    assert list(tile.widths(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tile.widths(256)) == [(0, 1, 0), (1, 0, 1)]
    assert list(tile.widths(0)) == []


def test_full_tiles_hold_the_roots_of_those_below() -> None:
    """A tile of level 1 holds MTH of 256 leaves each, in order."""
    d = leaves(256 * 3 + 5)
    grown = Grown([d])
    assert grown.head.edge[1] == b"".join(mth(d[i : i + 256]) for i in (0, 256, 512))
    assert len(grown.tiles) == 3
    assert grown.tiles[0, 1] == b"".join(merkle.leaf_hash(x) for x in d[256:512])


def test_bundles_keep_entries_apart() -> None:
    """An entry stands behind its length in two bytes, big endian; a cut bundle is broken."""
    data = tile.pack_bundle([b"", b"a", b"b" * 300])
    assert data[:5] == b"\x00\x00\x00\x01a"
    assert data[5:7] == b"\x01\x2c"
    assert tile.unpack_bundle(data) == [b"", b"a", b"b" * 300]
    for end in (1, 3, 6, len(data) - 1):
        with pytest.raises(Broken, match=r"ledger\.bundle"):
            tile.unpack_bundle(data[:end])
