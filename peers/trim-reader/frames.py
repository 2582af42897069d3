"""Frames: compression, encryption, digests, and packs by what they say of themselves."""
import os

import zstandard
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from basics import BLOCK, Bytes, Refused, need, sha256


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
