#!/usr/bin/env python3
"""A reader of Trim Transfer repositories, written from protocols/trim/README.md alone.

    reader.py REPOSITORY ROOT IMAGE VERSION DISK [--old DISK] [--key HEX] [--packs]

REPOSITORY is the folder, ROOT the pinned root.json, VERSION a number or the name of a channel, DISK the raw disk to write.
With --old, a raw disk of an earlier version, frames are taken from its delta where there is one. With --packs, the packs are
held against their names, and what they say of themselves against their frames. Nothing is written under its name before the
Merkle root is right. Prints a line of JSON with what was read.
"""
import argparse
import base64
import datetime
import hashlib
import json
import os
import re
import sys

import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BLOCK = 4096
NAME = re.compile(r"^(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,63}\Z")
DIGEST = re.compile(r"^[0-9a-f]{64}\Z")


class Refused(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Refused(why)


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


# --- Files ------------------------------------------------------------------------------------------------------------------


class Repository:
    def __init__(self, folder):
        self.folder = folder
        self.bytes_read = 0

    def whole(self, path, limit):
        with open(os.path.join(self.folder, path), "rb") as file:
            data = file.read(limit + 1)
        need(len(data) <= limit, f"{path} is longer than {limit} bytes")
        self.bytes_read += len(data)
        return data

    def range(self, path, offset, length):
        with open(os.path.join(self.folder, path), "rb") as file:
            file.seek(offset)
            data = file.read(length)
        need(len(data) == length, f"{path} ends before byte {offset + length}")
        self.bytes_read += len(data)
        return data


class Bytes:
    """Numbers in binary files: little-endian, varint (LEB128) and zigzag."""

    def __init__(self, data, what):
        self.data, self.what, self.at = data, what, 0

    def take(self, length):
        need(self.at + length <= len(self.data), f"{self.what} is cut off")
        self.at += length
        return self.data[self.at - length : self.at]

    def fixed(self, length):
        return int.from_bytes(self.take(length), "little")

    def varint(self):
        value = 0
        for i in range(8):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << (7 * i)
            if byte < 0x80:
                need(value < 2**53, f"{self.what} has a number above 2^53")
                return value
        raise Refused(f"{self.what} has a number above 2^53")

    def signed(self):
        value = self.varint()
        return value // 2 if value % 2 == 0 else -(value + 1) // 2

    def end(self):
        need(self.at == len(self.data), f"{self.what} has bytes too many")


# --- Envelope ---------------------------------------------------------------------------------------------------------------


def standard_base64(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 that no encoder writes")
    return data


class Envelope:
    def __init__(self, kind, file):
        outer = json.loads(file.decode("utf-8"))
        self.type = f"application/vnd.atelier.trim.{kind}.v1+json"
        need(outer["payloadType"] == self.type, f"it is no {kind}")
        self.raw = standard_base64(outer["payload"])
        self.signatures = [(entry["keyid"], standard_base64(entry["sig"])) for entry in outer["signatures"]]
        self.payload = json.loads(self.raw.decode("utf-8"))
        need(self.payload["format"] == 1, f"{kind} has another format")

    def require(self, keys, threshold, what):
        message = b"DSSEv1 %d %s %d %s" % (len(self.type), self.type.encode(), len(self.raw), self.raw)
        good = set()
        for keyid, signature in self.signatures:
            for key in keys:
                if hashlib.sha256(key).hexdigest() != keyid:
                    continue
                try:
                    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
                    good.add(key)
                except InvalidSignature:
                    pass
        need(len(good) >= threshold, f"{what} has {len(good)} good signatures, {threshold} are needed")


def key_list(texts):
    keys = [base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) for text in texts]
    need(all(len(key) == 32 for key in keys) and len(set(keys)) == len(keys), "the keys of a root are wrong")
    return keys


class Root:
    def __init__(self, file):
        self.envelope = Envelope("root", file)
        body = self.envelope.payload
        self.version, self.expires = body["version"], body["expires"]
        self.root_keys, self.root_threshold = key_list(body["rootKeys"]), body["rootThreshold"]
        self.signing_keys, self.signing_threshold = key_list(body["signingKeys"]), body["signingThreshold"]
        need(1 <= self.root_threshold <= len(self.root_keys), "the threshold of a root is wrong")
        need(1 <= self.signing_threshold <= len(self.signing_keys), "the threshold of a root is wrong")
        self.envelope.require(self.root_keys, self.root_threshold, f"root {self.version}")

    def signed(self, envelope, what):
        envelope.require(self.signing_keys, self.signing_threshold, what)
        return envelope.payload


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def newest_root(repository, pinned):
    root = Root(pinned)
    newest = Root(repository.whole("root.json", 64 * 1024)).version
    need(newest >= root.version, "root.json is older than the pinned one")
    while root.version < newest:
        following = Root(repository.whole(f"roots/{root.version + 1}.json", 64 * 1024))
        need(following.version == root.version + 1, "a root does not follow the one before")
        following.envelope.require(root.root_keys, root.root_threshold, f"root {following.version}")
        root = following
    need(moment(root.expires) > now(), "the root has ended")
    return root


def find_manifest(repository, root, image, version):
    need(NAME.match(image), "that is no name of an image")
    pinned = None
    if not version.isdecimal():
        latest = root.signed(Envelope("latest", repository.whole(f"images/{image}/latest.json", 64 * 1024)), "latest.json")
        need(latest["image"] == image and moment(latest["expires"]) > now(), "latest.json is of another image, or has ended")
        need(version in latest["channels"], f"there is no channel {version}")
        pinned, version = latest["channels"][version]["manifest"], latest["channels"][version]["version"]
    file = repository.whole(f"images/{image}/{int(version)}.manifest.json", 4 * 1024 * 1024)
    if pinned and hashlib.sha256(file).hexdigest() != pinned:
        need(DIGEST.match(pinned), "latest.json has a digest that is none")
        file = repository.whole(f"images/{image}/{int(version)}.{pinned}.manifest.json", 4 * 1024 * 1024)
        need(hashlib.sha256(file).hexdigest() == pinned, "the manifest is not the one that the channel names")
    manifest = root.signed(Envelope("manifest", file), "the manifest")
    need(manifest["image"] == image and manifest["version"] == int(version), "the manifest is of another version")
    need(manifest["blockSize"] == BLOCK and 1 <= manifest["size"] <= 2**40, "the manifest's size is wrong")
    for digest in [manifest["root"], manifest["index"]["digest"]] + [one["digest"] for one in manifest["packs"] + manifest["deltas"]]:
        need(DIGEST.match(digest), "the manifest has a digest that is none")
    return manifest


# --- Compression and encryption ---------------------------------------------------------------------------------------------


def decompress(stored, length, what, dictionary=None):
    need(stored[:4] == b"\x28\xb5\x2f\xfd", f"{what} is no zstd frame")
    head = zstandard.get_frame_parameters(stored)
    need(head.content_size == length and head.dict_id == 0 and head.window_size <= 2**24, f"{what}: its header is wrong")
    trained = dictionary and zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    opener = zstandard.ZstdDecompressor(dict_data=trained, max_window_size=2**24).decompressobj()
    try:
        content = opener.decompress(stored)
    except zstandard.ZstdError as error:
        raise Refused(f"{what}: {error}") from error
    need(len(content) == length and opener.eof and not opener.unused_data, f"{what} does not end with its zstd frame")
    return content


def unseal(sealed, key, extra, what):
    """Sealed bytes as they are without encryption; what is not encrypted goes through."""
    if key is None:
        return sealed
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], extra)
    except Exception as error:
        raise Refused(f"{what} does not open with the key") from error


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


# --- Digests ----------------------------------------------------------------------------------------------------------------


def digests_of(content):
    return [sha256(content[at : at + BLOCK]) for at in range(0, len(content), BLOCK)]


def merkle_root(size, leaves):
    level, height = leaves, 0
    while height == 0 or len(level) > 1:
        height += 1
        level = [sha256(b"TRIMNODE", bytes([height]), *level[at : at + 256]) for at in range(0, len(level), 256)]
    return sha256(b"TRIMROOT", size.to_bytes(8, "little"), BLOCK.to_bytes(4, "little"), level[0]).hex()


def root_of_disk(path):
    leaves = []
    with open(path, "rb") as disk:
        while block := disk.read(BLOCK):
            leaves.append(sha256(block.ljust(BLOCK, b"\0")))
    return merkle_root(os.path.getsize(path), leaves)


# --- Packs ------------------------------------------------------------------------------------------------------------------


def mask(data, key, digest):
    """The block hashes of a frame, masked or not: the key stream of AES-256-CTR over them."""
    if key is None:
        return data
    return Cipher(algorithms.AES(sha256(b"TRIMMASK", key)), modes.CTR(digest[:16])).encryptor().update(data)


def check_pack(repository, entry, key):
    """Opens every frame of a pack by its own directory, and holds the block hashes against them. Gives how many frames."""
    path, what = f"packs/{entry['digest']}.pack", f"pack {entry['digest'][:8]}"
    pack = repository.whole(path, entry["length"])
    need(len(pack) == entry["length"] and sha256(pack).hex() == entry["digest"], f"{what} is not what its name says")
    need(pack[:8] == b"TRIMPCK1" and pack[-8:] == b"TRIMEND1", f"{what} has another format")
    footer = Bytes(pack[-40:], what)
    hashes, directory, frames, blocks, flags = (footer.fixed(length) for length in (8, 8, 4, 4, 8))
    need((hashes, frames, blocks) == (entry["hashesOffset"], entry["frames"], entry["blocks"]), f"{what} counts otherwise")
    need(directory == hashes + 32 * blocks and flags == (0 if key is None else 1), f"{what} does not add up")
    table = Bytes(unseal(pack[directory:-40], key, b"TRIMDIRS", what), what)
    heads, rests = pack[hashes : hashes + 8 * blocks], pack[hashes + 8 * blocks : directory]
    offset, place, chain = 8, 0, b""
    for number in range(frames):
        length, count, prefix, digest = table.fixed(4), table.fixed(2), table.fixed(2), table.take(32)
        chain = chain if prefix else b""
        need(prefix * BLOCK <= len(chain), f"{what} has a prefix that begins before its chain")
        stored = unseal(pack[offset : offset + length], key, digest, what)
        dictionary = b"TRIMDICT" + chain[-prefix * BLOCK :] if prefix else None
        content = decompress(stored, count * BLOCK, f"frame {number} of {what}", dictionary)
        masked = b"".join(heads[8 * i : 8 * i + 8] + rests[24 * i : 24 * i + 24] for i in range(place, place + count))
        need(mask(masked, key, digest) == b"".join(digests_of(content)), f"{what} has other block hashes than frame {number}")
        need(sha256(b"TRIMFRAM", *digests_of(content)) == digest, f"frame {number} of {what} has another digest")
        chain, offset, place = chain + content, offset + length, place + count
    table.end()
    need(offset == hashes and place == blocks, f"{what} does not add up")
    return frames


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
