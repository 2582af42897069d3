"""What every part of the reader uses: refusals, hashes, files and numbers."""
import hashlib
import os

BLOCK = 4096


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
