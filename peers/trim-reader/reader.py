#!/usr/bin/env python3
"""A reader of Trim Transfer repositories, written from protocols/trim/README.md alone.

    reader.py REPOSITORY ROOT IMAGE VERSION DISK [--old DISK] [--key HEX] [--packs]

REPOSITORY is the folder, ROOT the pinned root.json, VERSION a number or the name of a channel, DISK the raw disk to write.
With --old, a raw disk of an earlier version, frames are taken from its delta where there is one. With --packs, the packs are
held against their names, and what they say of themselves against their frames. Nothing is written under its name before the
Merkle root is right. Prints a line of JSON with what was read.
"""
import argparse
import json
import os
import sys

from basics import BLOCK, Bytes, Refused, Repository, need, sha256
from frames import check_pack, decompress, digests_of, merkle_root, root_of_disk, unseal
from trust import find_manifest, newest_root


# --- Index ------------------------------------------------------------------------------------------------------------------


class Frame:
    def __init__(self, number, pack, first):
        self.number, self.pack, self.first = number, pack, first
        self.offset = self.length = self.blocks = self.prefix = 0
        self.digest = b""


class Index:
    def __init__(self, raw, manifest):
        reader = Bytes(raw, "the index")
        need(reader.take(8) == b"TRIMIDX1", "the index has another format")
        need(reader.fixed(8) == manifest["size"] and reader.fixed(4) == BLOCK, "the index is of another disk")
        packs = manifest["packs"]
        need(reader.fixed(4) == len(packs), "the index counts other packs")
        count, refs, runs, flags = (reader.fixed(4) for _ in range(4))
        need(flags in (0, 1), "the index has flags that are not known")
        need(count * 36 + runs <= len(raw), "the index counts more than it holds")
        owner = [pack for pack in range(len(packs)) for _ in range(self.within(reader, count))]
        need(len(owner) == count, "the index does not give every frame a pack")
        frames = self.frames = [Frame(f, owner[f], 0) for f in range(count)]
        for f in frames:
            f.gap = reader.varint()
        for f in frames:
            f.length = reader.varint()
            before = frames[f.number - 1] if f.number > 0 and owner[f.number - 1] == f.pack else None
            f.offset = f.gap + (before.offset + before.length if before else 0)
        self.refs = 0
        for f in frames:
            f.first, f.blocks = self.refs, reader.varint()
            need(1 <= f.blocks <= 1024, "a frame has too many blocks")
            self.refs += f.blocks
        need(self.refs == refs, "the blocks of the frames do not add up")
        for f in frames:
            reader.varint()  # where its block hashes lie, which only those need who look for blocks in files
        for f in frames if flags & 1 else []:
            f.prefix = reader.varint()
        for f in frames:
            f.digest = reader.take(32)
        self.map = self.read_map(reader, runs, -(-manifest["size"] // BLOCK))
        reader.end()

    @staticmethod
    def within(reader, most):
        value = reader.varint()
        need(value <= most, "the index counts more frames than it has")
        return value

    def read_map(self, reader, runs, total):
        """By block of the disk its ref, or None for zeros."""
        blocks, expected = [], 0
        for _ in range(runs):
            value = reader.varint()
            count, kind = value // 4, value % 4
            need(count >= 1 and kind <= 2 and len(blocks) + count <= total, "a run is wrong")
            if kind == 0:
                blocks += [None] * count
                continue
            first = expected + reader.signed()
            last = first + (count if kind == 1 else 1)
            need(0 <= first and last <= self.refs, "a run leads out of the frames")
            blocks += range(first, last) if kind == 1 else [first] * count
            expected = last
        need(len(blocks) == total, "the runs do not cover the disk")
        return blocks

    def chain(self, frame):
        """The frames that must be opened for this one, itself last."""
        start = frame.number
        while self.frames[start].prefix > 0:
            need(start > 0, "the first frame has a prefix")
            start -= 1
        return self.frames[start : frame.number + 1]


# --- Deltas -----------------------------------------------------------------------------------------------------------------


def read_delta(repository, manifest, old_root, key):
    """Delta frames by number of the frame they replace: path, offset, length, runs of the old disk. Empty without a delta."""
    found = [delta for delta in manifest["deltas"] if delta["fromRoot"] == old_root]
    if not found:
        return {}
    entry, where = found[0], found[0]["directory"]
    path = f"deltas/{entry['digest']}.pack"
    need(repository.range(path, 0, 8) == b"TRIMDLT1", "the delta has another format")
    stored = repository.range(path, where["offset"], where["length"])
    need(sha256(stored).hex() == where["digest"], "the delta's table is not the one that the manifest names")
    table = Bytes(decompress(unseal(stored, key, b"TRIMDTAB", "the table"), where["rawLength"], "the table"), "the table")
    need(table.take(8) == b"TRIMDTB1", "the delta's table has another format")
    count, runs = table.fixed(4), table.fixed(4)
    need(count == entry["frames"], "the delta counts other frames")
    numbers, number = [], -1
    for _ in range(count):
        number += 1 + table.varint()
        numbers.append(number)
    lengths = [table.varint() for _ in range(count)]
    need(8 + sum(lengths) == where["offset"], "the delta frames do not end where the table begins")
    counts = [table.varint() for _ in range(count)]
    need(sum(counts) == runs, "the runs of the delta do not add up")
    frames, offset, expected = {}, 8, 0
    for number, length, many in zip(numbers, lengths, counts):
        mine = []
        for _ in range(many):
            first, blocks = expected + table.signed(), table.varint()
            need(first >= 0, "a delta refers to blocks that are not there")
            mine.append((first, blocks))
            expected = first + blocks
        frames[number] = (path, offset, length, mine)
        offset += length
    table.end()
    return frames


def old_blocks(disk, runs):
    parts = []
    for first, count in runs:
        disk.seek(first * BLOCK)
        parts.append(disk.read(count * BLOCK).ljust(count * BLOCK, b"\0"))
    return b"".join(parts)


# --- A version --------------------------------------------------------------------------------------------------------------


class Version:
    def __init__(self, repository, manifest, key):
        self.repository, self.manifest, self.key = repository, manifest, key
        entry = manifest["index"]
        named = f".{entry['digest']}" if entry.get("named") is True else ""
        path = f"images/{manifest['image']}/{manifest['version']}{named}.index"
        file = repository.whole(path, entry["length"])
        need(len(file) == entry["length"] and sha256(file).hex() == entry["digest"], "the index is not the manifest's")
        self.index = Index(decompress(unseal(file, key, b"TRIMINDX", "the index"), entry["rawLength"], "the index"), manifest)
        self.counts = {"plain": 0, "chained": 0, "delta": 0}

    def check(self, frame, content):
        need(sha256(b"TRIMFRAM", *digests_of(content)) == frame.digest, f"frame {frame.number} has another digest")
        return content

    def open_plain(self, frame, before):
        """`before` is the content of its chain as far as it was opened."""
        what = f"frame {frame.number}"
        pack = f"packs/{self.manifest['packs'][frame.pack]['digest']}.pack"
        stored = unseal(self.repository.range(pack, frame.offset, frame.length), self.key, frame.digest, what)
        need(frame.prefix * BLOCK <= len(before), f"{what} has a prefix that begins before its chain")
        dictionary = b"TRIMDICT" + before[-frame.prefix * BLOCK :] if frame.prefix else None
        self.counts["chained" if frame.prefix else "plain"] += 1
        return self.check(frame, decompress(stored, frame.blocks * BLOCK, what, dictionary))

    def open_delta(self, frame, delta, old):
        path, offset, length, runs = delta
        what = f"delta frame {frame.number}"
        stored = unseal(self.repository.range(path, offset, length), self.key, frame.digest, what)
        self.counts["delta"] += 1
        return self.check(frame, decompress(stored, frame.blocks * BLOCK, what, b"TRIMDICT" + old_blocks(old, runs)))

    def contents(self, deltas, old):
        """The content of every frame, in order; a frame whose delta is there does without its chain."""
        chain, chain_content, opened_to = None, b"", -1
        for frame in self.index.frames:
            whole = self.index.chain(frame)
            if whole[0] is not chain:
                chain, chain_content, opened_to = whole[0], b"", frame.number - 1
            if frame.number in deltas:
                content = self.open_delta(frame, deltas[frame.number], old)
            else:
                content = self.open_plain(frame, chain_content)
            need(opened_to == frame.number - 1, "a chain has a gap")
            chain_content, opened_to = chain_content + content, frame.number
            yield frame, content

    def write(self, path, deltas, old):
        """Writes the disk beside, verifies all of it, and gives it its name."""
        size, places = self.manifest["size"], {}
        for block, ref in enumerate(self.index.map):
            if ref is not None:
                places.setdefault(ref, []).append(block)
        leaves = [sha256(bytes(BLOCK))] * len(self.index.map)
        beside = f"{path}.part"
        with open(beside, "wb") as disk:
            disk.truncate(size)
            for frame, content in self.contents(deltas, old):
                for i in range(frame.blocks):
                    block = content[i * BLOCK : (i + 1) * BLOCK]
                    for place in places.get(frame.first + i, []):
                        disk.seek(place * BLOCK)
                        disk.write(block[: min(BLOCK, size - place * BLOCK)])
                        leaves[place] = sha256(block)
        need(merkle_root(size, leaves) == self.manifest["root"], "the disk has another Merkle root")
        need(root_of_disk(beside) == self.manifest["root"], "the disk that was written has another Merkle root")
        os.rename(beside, path)


def main():
    parser = argparse.ArgumentParser()
    for name in ("repository", "root", "image", "version", "disk"):
        parser.add_argument(name)
    parser.add_argument("--old")
    parser.add_argument("--key", type=bytes.fromhex)
    parser.add_argument("--packs", action="store_true")
    asked = parser.parse_args()
    repository = Repository(asked.repository)
    with open(asked.root, "rb") as file:
        root = newest_root(repository, file.read())
    manifest = find_manifest(repository, root, asked.image, asked.version)
    need((manifest["encryption"] is None) == (asked.key is None), "there is a key too many, or one is missing")
    version = Version(repository, manifest, asked.key)
    old = asked.old and open(asked.old, "rb")
    deltas = read_delta(repository, manifest, root_of_disk(asked.old), asked.key) if old else {}
    version.write(asked.disk, deltas, old)
    checked = sum(check_pack(repository, entry, asked.key) for entry in manifest["packs"]) if asked.packs else 0
    print(json.dumps({**version.counts, "checked": checked, "version": manifest["version"], "root": manifest["root"], "bytes": repository.bytes_read}))


if __name__ == "__main__":
    try:
        main()
    except Refused as why:
        sys.exit(f"refused: {why}")
    except (KeyError, TypeError, ValueError, OSError) as error:
        sys.exit(f"refused: {type(error).__name__}: {error}")
