"""The chain of trust: envelopes, roots, channels, manifests."""
import base64
import datetime
import hashlib
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from basics import BLOCK, need

NAME = re.compile(r"^(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,63}\Z")
DIGEST = re.compile(r"^[0-9a-f]{64}\Z")


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
