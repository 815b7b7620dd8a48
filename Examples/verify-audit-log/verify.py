#!/usr/bin/env python3
"""Verifies an audit log of Sealpost, independently of Sealpost.

Needs Python's standard library and, for Ed25519, the `openssl` program (3.0 or later). It reads only.

    verify.py AUDIT-FOLDER [--workspace-id ID] [--checkpoint NOTE ...] [--public-key FILE]
    verify.py --export FILE --checkpoint NOTE [--public-key FILE]

The first form reads a log as it stands in a workspace (`WORKSPACE/audit`); the second an export, as jsonl or csv,
with the checkpoint that was written beside it. Exit codes as those of `sealpost audit verify`: 0 sound, 1 tampered,
2 torn tail, 3 missing or rolled back, 4 unreadable.

The form of the log is described in Sources/AuditLog/Notes.md.
"""

import argparse
import base64
import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

KEYS = ["v", "seq", "timestamp", "workspace_id", "actor_user_id", "event_type", "end_user_id", "outcome",
        "request_id", "object", "before", "after", "changes", "prev", "hash"]
INTRODUCED, HANDED_OVER, REPLACED = (
    "Audit Log Key " + word for word in ("Introduced", "Handed Over", "Replaced"))
DASH = "\u2014 "


class Verdict(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def tampered(text):
    return Verdict(1, "tampered: " + text)


# --- Ed25519, by openssl -------------------------------------------------------------------------------------------

def pem(key):
    der = bytes.fromhex("302a300506032b6570032100") + key
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(der) + b"-----END PUBLIC KEY-----\n"


def is_signed(key, signature, message):
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for name, content in [("key", pem(key)), ("signature", signature), ("message", message)]:
            names[name] = os.path.join(folder, name)
            with open(names[name], "wb") as file:
                file.write(content)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", "-inkey", names["key"], "-sigfile",
             names["signature"], "-in", names["message"]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0


# --- Signed notes (https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint) ---------------------------------

def key_id(name, key):
    return hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]


class Checkpoint:
    def __init__(self, content, path, is_own):
        self.path = path
        try:
            whole = content.decode()
            text, signatures = whole.rsplit("\n\n", 1)
            self.text = text + "\n"
            lines = self.text.split("\n")
            self.origin, self.size, self.root = lines[0], int(lines[1]), decode(lines[2], 32)
            assert str(self.size) == lines[1] and self.size > 0 and self.origin
            assert signatures.endswith("\n")
            self.signatures = []
            for line in signatures[:-1].split("\n"):
                assert line.startswith(DASH)
                name, value = line[len(DASH):].split(" ")
                self.signatures.append((name, decode(value)))
            self.extensions = lines[3:-1]
            assert not is_own or (not self.extensions and len(self.signatures) == 1)
        except (ValueError, AssertionError, IndexError) as error:
            raise tampered(f"{path} is no checkpoint") from error

    def is_signed(self, key):
        return any(name == self.origin and value[:4] == key_id(name, key)
                   and is_signed(key, value[4:], self.text.encode()) for name, value in self.signatures)


def decode(text, count=None):
    value = base64.b64decode(text, validate=True)
    assert base64.b64encode(value).decode() == text and (count is None or len(value) == count)
    return value


def public_key(path):
    with open(path, "rb") as file:
        content = file.read()
    if b"PUBLIC KEY" in content:
        body = b"".join(line for line in content.split(b"\n") if line and not line.startswith(b"-"))
        return base64.b64decode(body)[-32:]
    return base64.b64decode(content.strip().split(b"+", 2)[2])[1:]


# --- The tree (RFC 6962, section 2.1) ------------------------------------------------------------------------------

class Tree:
    """Its right edge: the roots of the perfect subtrees, from the largest to the smallest, with their sizes."""

    def __init__(self):
        self.count, self.edge = 0, []

    def append_hash(self, leaf):
        self.count += 1
        self.edge.append((1, leaf))
        while len(self.edge) > 1 and self.edge[-1][0] == self.edge[-2][0]:
            (size, right), (_, left) = self.edge.pop(), self.edge.pop()
            self.edge.append((2 * size, hashlib.sha256(b"\x01" + left + right).digest()))

    def append(self, line):
        self.append_hash(hashlib.sha256(b"\x00" + line).digest())

    def root(self):
        if not self.edge:
            return hashlib.sha256(b"").digest()
        root = self.edge[-1][1]
        for _, left in reversed(self.edge[:-1]):
            root = hashlib.sha256(b"\x01" + left + root).digest()
        return root


# --- Records -------------------------------------------------------------------------------------------------------

def string(text):
    """The one way in which a record writes a string: what JSON must escape as \\uXXXX, and U+007F too."""
    units = text.encode("utf-16-be", "surrogatepass")
    out = ['"']
    for index in range(0, len(units), 2):
        unit = units[index] << 8 | units[index + 1]
        if unit in (0x22, 0x5C):
            out.append("\\" + chr(unit))
        elif 0x20 <= unit < 0x7F:
            out.append(chr(unit))
        else:
            out.append("\\u%04x" % unit)
    return "".join(out) + '"'


def written(record):
    parts = [f'"{key}":{record[key] if key in ("v", "seq") else string(record[key])}' for key in KEYS]
    return ("{" + ",".join(parts) + "}").encode()


def is_changes(text):
    changes = json.loads(text)
    assert isinstance(changes, list)
    for change in changes:
        assert list(change) == ["setting", "old", "new"] and all(isinstance(v, str) for v in change.values())
    items = ('{"setting":%s,"old":%s,"new":%s}' % tuple(string(v) for v in change.values()) for change in changes)
    return text == "[" + ",".join(items) + "]"


def parsed(line):
    """The record in a line; an exception when writing it again would give other bytes."""
    record = json.loads(line)
    assert list(record) == KEYS and type(record["v"]) is int and record["v"] == 1 and type(record["seq"]) is int
    assert all(isinstance(record[key], str) for key in KEYS[2:])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", record["timestamp"], re.ASCII)
    assert record["outcome"] in ("intent", "ok", "failed", "denied") and record["event_type"]
    assert all(re.fullmatch(r"(sha256:[0-9a-f]{64})?", record[key]) for key in ("before", "after"))
    assert all(re.fullmatch(r"[0-9a-f]{64}", record[key]) for key in ("prev", "hash"))
    assert is_changes(record["changes"]) and written(record) == line and len(line) < 65536
    return record


class Log:
    def __init__(self, identity):
        self.identity = identity
        self.origin = "sealpost/" + "".join(
            chr(byte) if re.match(rb"[A-Za-z0-9_.-]", bytes([byte])) else "%%%02X" % byte
            for byte in identity.encode())
        self.prev = hashlib.sha256(b"sealpost audit log 1\n" + identity.encode()).hexdigest()
        self.last, self.tree, self.key, self.keys, self.since, self.key_segment = "", Tree(), None, [], 0, 0
        self.replaced = []

    def take(self, line, segment, is_first):
        try:
            record = parsed(line)
        except (ValueError, AssertionError, AttributeError, TypeError) as error:
            raise ValueError("it is not a record") from error
        body = line[: line.rindex(b',"hash":"')]
        digest = hashlib.sha256(b"sealpost audit record 1\n" + body).hexdigest()
        for holds, text in [
                (record["seq"] == self.tree.count + 1, f"its number is {record['seq']}"),
                (record["prev"] == self.prev, "it does not follow the record before"),
                (record["hash"] == digest, "its hash is not that of its bytes"),
                (record["timestamp"] >= self.last, "its time is before the last one"),
                (record["workspace_id"] == self.identity, "it is another workspace's")]:
            if not holds:
                raise ValueError(text)
        self.take_key(record, segment, is_first)
        self.prev, self.last = digest, record["timestamp"]
        self.tree.append(line)

    def take_key(self, record, segment, is_first):
        kind = record["event_type"]
        if kind not in (INTRODUCED, HANDED_OVER, REPLACED):
            if self.key is not None and self.key_segment < segment:
                raise ValueError("its segment does not begin with the next key")
            return
        begins = is_first and segment > self.key_segment
        if kind == INTRODUCED:
            belongs = self.key is None
        else:
            belongs = self.key is not None and (begins or kind == REPLACED and segment == self.key_segment)
        if not belongs:
            raise ValueError("a key does not belong here")
        changes = json.loads(record["changes"])
        if [change["setting"] for change in changes] != ["public_key", "signature"]:
            raise ValueError("it does not say which key follows")
        new, signature = decode(changes[0]["new"], 32), decode(changes[1]["new"])
        old = base64.b64encode(self.key).decode() if self.key else ""
        statement = "".join(f"{line}\n" for line in [
            "sealpost audit key 1", self.origin, segment, self.tree.count,
            base64.b64encode(self.tree.root()).decode(), old, base64.b64encode(new).decode()])
        # A key that was lost cannot sign the next one: that one signs itself, and is told.
        if not is_signed(self.key if kind == HANDED_OVER else new, signature, statement.encode()):
            raise ValueError("the key before did not sign it")
        if kind == REPLACED:
            self.replaced.append(record["seq"])
        self.key, self.key_segment, self.since = new, segment, self.tree.count
        self.keys.append(new)

    def check(self, checkpoint):
        if checkpoint.origin != self.origin:
            raise tampered(f"{checkpoint.path} is another log's")
        if self.key is None or checkpoint.size <= self.since or not checkpoint.is_signed(self.key):
            raise tampered(f"{checkpoint.path}: the key of its segment did not sign it")
        if checkpoint.size != self.tree.count or checkpoint.root != self.tree.root():
            raise tampered(f"{checkpoint.path}: the first {checkpoint.size} records are not those it was made of")


# --- A log in its folder -------------------------------------------------------------------------------------------

def verify_folder(folder, identity, saved, pinned):
    if identity is None:
        with open(os.path.join(folder, "..", "workspace.json"), encoding="utf-8") as file:
            identity = json.load(file)["id"]
    numbers = sorted(int(match[1]) for match in
                     (re.fullmatch(r"audit-(\d{6,})\.jsonl", name) for name in os.listdir(folder)) if match)
    log, torn = Log(identity), 0
    expired, first = after_expired(log, os.path.join(folder, "expired"))
    saved[:] = [checkpoint for checkpoint in saved if checkpoint.size > log.tree.count]
    for number in range(first, max(numbers, default=first) + 1):
        torn = verify_segment(log, folder, number, number == max(numbers, default=first), saved)
    if expired and not any(expired.is_signed(key) for key in log.keys[1:]):
        raise tampered(f"{expired.path}: no key of the log signed that segments expired")
    for checkpoint in saved:
        raise Verdict(3, f"rolled back: {checkpoint.path} tells of {checkpoint.size} records, not {log.tree.count}")
    if pinned is not None and pinned not in log.keys:
        raise tampered("no key of the log is the given one")
    if torn:
        raise Verdict(2, f"torn tail: {log.tree.count} records sound, then {torn} bytes")
    notes = [f"\nrecord {number} replaced a lost key: what was not signed then is vouched for by the chain alone"
             for number in log.replaced]
    return f"sound: {log.tree.count} records, root {log.tree.root().hex()}" + "".join(notes)


def after_expired(log, path):
    """Goes on behind the segments that were kept long enough; the note, and the first segment that is left."""
    if not os.path.exists(path):
        return None, 1
    with open(path, "rb") as file:
        note = Checkpoint(file.read(), path, is_own=False)
    try:
        title, first, log.prev, log.last, signer, nodes, end = note.extensions
        assert (title, end) == ("sealpost expired 1", "end") and note.origin == log.origin
        segment, since, key = signer.split(" ")
        log.key_segment, log.since, log.key = int(segment), int(since), decode(key, 32)
        log.keys, log.tree.count, nodes = [log.key], note.size, decode(nodes)
        sizes = [1 << bit for bit in reversed(range(64)) if note.size >> bit & 1]
        assert len(nodes) == 32 * len(sizes)
        log.tree.edge = [(size, nodes[32 * index: 32 * index + 32]) for index, size in enumerate(sizes)]
        assert log.tree.root() == note.root
    except (ValueError, AssertionError) as error:
        raise tampered(f"{path} does not say what expired") from error
    return note, int(first)


def verify_segment(log, folder, number, is_last, saved):
    path = os.path.join(folder, f"audit-{number:06d}")
    own = None
    if os.path.exists(path + ".checkpoint"):
        with open(path + ".checkpoint", "rb") as file:
            own = Checkpoint(file.read(), path + ".checkpoint", is_own=True)
    if not os.path.exists(path + ".jsonl"):
        raise Verdict(3, f"missing: {path}.jsonl")
    waiting = sorted(saved + ([own] if own else []), key=lambda checkpoint: checkpoint.size)
    offset = 0
    with open(path + ".jsonl", "rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            try:
                log.take(line[:-1], number, offset == 0)
            except (ValueError, AssertionError) as error:
                raise tampered(f"record {log.tree.count + 1}, {path}.jsonl at offset {offset}: {error}") from error
            offset += len(line)
            while waiting and waiting[0].size <= log.tree.count:
                log.check(waiting[0])
                if waiting[0] in saved:
                    saved.remove(waiting[0])
                waiting.pop(0)
    if own in waiting:
        raise Verdict(3, f"rolled back: {own.path} tells of {own.size} records, and there are {log.tree.count}")
    if own is None and log.key_segment == number and log.tree.count > log.since + 1:
        raise Verdict(3, f"missing: {path}.checkpoint")
    torn = os.path.getsize(path + ".jsonl") - offset
    if torn and not is_last:
        raise tampered(f"record {log.tree.count + 1}, {path}.jsonl at offset {offset}: a record is cut off")
    return torn


# --- An export -----------------------------------------------------------------------------------------------------

def verify_export(path, checkpoint, pinned):
    tree, identity, key = Tree(), None, None
    for leaf, record, line in exported(path):
        identity = identity or record["workspace_id"]
        tree.append_hash(leaf)
        if record["event_type"] in (INTRODUCED, HANDED_OVER, REPLACED):
            key = decode(json.loads(record["changes"])[0]["new"], 32)
    if pinned is not None:
        key = pinned
    if key is None or not checkpoint.is_signed(key):
        raise tampered(f"{checkpoint.path}: it is not signed by {'the given key' if pinned else 'the last key'}")
    if checkpoint.size != tree.count or checkpoint.root != tree.root():
        raise tampered(f"{path} has not exactly the records of {checkpoint.path}")
    return f"sound: {tree.count} records, root {tree.root().hex()}"


def exported(path):
    """Leaf hash, record and line of each record of a jsonl or csv file."""
    if path.endswith(".csv"):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                record = {key: row.get(key, "") for key in KEYS}
                record = {key: value[1:] if re.match(r"'[=+\-@\t\r]", value) else value
                          for key, value in record.items()}
                record["v"] = 1
                line = written(record)
                leaf = hashlib.sha256(b"\x00" + line).digest()
                if leaf.hex() != row["leaf_hash"]:
                    raise tampered(f"{path}, record {row['seq']}: its leaf hash is not that of its cells")
                yield leaf, record, line
    else:
        with open(path, "rb") as file:
            for line in file:
                line = line.rstrip(b"\n")
                yield hashlib.sha256(b"\x00" + line).digest(), json.loads(line), line


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--workspace-id")
    parser.add_argument("--checkpoint", action="append", default=[])
    parser.add_argument("--public-key")
    parser.add_argument("--export")
    options = parser.parse_args()
    try:
        saved = []
        for path in options.checkpoint:
            with open(path, "rb") as file:
                saved.append(Checkpoint(file.read(), path, is_own=False))
        pinned = public_key(options.public_key) if options.public_key else None
        if options.export and len(saved) == 1:
            print(verify_export(options.export, saved[0], pinned))
        elif options.folder and not options.export:
            print(verify_folder(options.folder, options.workspace_id, saved, pinned))
        else:
            parser.error("give a folder, or --export with one --checkpoint")
    except Verdict as verdict:
        print(verdict)
        return verdict.code
    except OSError as error:
        print(f"unreadable: {error}")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
