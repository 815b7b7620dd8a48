"""Judges what the quick start left behind; shares no code with the program.

Usage: check.py EVENTS FOLDER

Prints one line for each check: `ok NAME`, `FAIL NAME: why` or `skip NAME: why`. No value of an event is printed.
"""

import base64
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import tempfile

SECTIONS = {"context", "traits", "properties"}
FIELDS = ["email", "phone", "name", "birthdate", "mrn"]
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
SCALAR = re.compile(rb"[-+0-9.eE]+|true|false|null")
SPACE = re.compile(rb"[ \t\r\n]*")


def main(events_path, folder):
    events = lines_of(events_path)
    delivered = lines_of(f"{folder}/delivered.ndjson")
    decrypted = lines_of(f"{folder}/decrypted.ndjson")
    private_key = f"{folder}/private.pem"
    keys = check("the matchers of the encrypted fields are listed", lambda: encrypted_keys(folder))
    sealed = check("bytes outside the encrypted values are delivered as they were",
                   lambda: compare_all(events, delivered, keys))
    check("each event is delivered once", lambda: same_events(events, delivered))
    check("an event's values were found, in raw form and as JWE", lambda: both_forms(sealed))
    check("every raw ciphertext opens with openssl pkeyutl",
          lambda: judge_raw(sealed, lambda data: openssl(private_key, data)))
    check("every raw ciphertext opens with Python's cryptography",
          lambda: judge_raw(sealed, cryptography_opener(private_key)))
    check("every JWE opens with openssl pkeyutl and cryptography's AES-GCM",
          lambda: judge_jwe(sealed, lambda text: open_jwe(private_key, text)))
    check("every JWE opens with joserfc", lambda: judge_jwe(sealed, jose_opener(private_key)))
    check("decrypt restores every value and leaves all other bytes",
          lambda: restored(events, decrypted, keys))
    check("no two ciphertexts are alike", lambda: all_differ(sealed))
    check("the audit log's chain holds, computed again", lambda: audit_chain(f"{folder}/workspace"))
    check("no encrypted value stands in the workspace", lambda: no_plaintext(folder, sealed))
    check("private files are private", lambda: private_files(folder))


class Skip(Exception):
    pass


def check(name, body):
    try:
        result = body()
        print("ok", name)
        return result
    except Skip as reason:
        print(f"skip {name}: {reason}")
    except AssertionError as error:
        print(f"FAIL {name}: {error}")
    except Exception as error:  # its text could hold a value
        print(f"FAIL {name}: {type(error).__name__} at line {error.__traceback__.tb_next.tb_lineno}")


def lines_of(path):
    with open(path, "rb") as file:
        return [line for line in file.read().split(b"\n") if line.strip()]


# -- JSON by its bytes


def fold(key):
    return re.sub(r"[ _.\-]", "", "".join(c.lower() if c.isascii() else c for c in key))


def values_of(text, keys):
    """(start, end) of the values of these keys inside the three sections, outermost only, `null` left out."""
    found = []

    def space(at):
        return SPACE.match(text, at).end()

    def value(at, inside):
        at = space(at)
        if text[at : at + 1] == b"{":
            return members(at, inside, top=at == space(0))
        if text[at : at + 1] == b"[":
            return elements(at, inside)
        return (STRING.match(text, at) or SCALAR.match(text, at)).end()

    def members(at, inside, top):
        at = space(at + 1)
        while text[at : at + 1] != b"}":
            end = STRING.match(text, at).end()
            key = json.loads(text[at:end])
            at = space(space(end) + 1)
            chosen = inside and fold(key) in keys
            begin, at = at, value(at, (inside and not chosen) or (top and key in SECTIONS))
            if chosen and text[begin:at] != b"null":
                found.append((begin, at))
            at = space(at)
            at = space(at + 1) if text[at : at + 1] == b"," else at
        return at + 1

    def elements(at, inside):
        at = space(at + 1)
        while text[at : at + 1] != b"]":
            at = space(value(at, inside))
            at = space(at + 1) if text[at : at + 1] == b"," else at
        return at + 1

    value(0, False)
    return found


def identifier(line):
    return json.loads(line)["messageId"]


def trimmed(line):
    return line.strip(b" \t\r")


def compare_all(events, delivered, keys):
    """[(value's JSON text, replacement text)]; fails at the first byte that differs elsewhere."""
    by_id = {identifier(line): line for line in delivered}
    pairs = []
    for number, line in enumerate(events, 1):
        pairs += compare(trimmed(line), trimmed(by_id[identifier(line)]), keys, number)
    return pairs


def compare(original, other, keys, number):
    pairs, at, copied = [], 0, 0
    for begin, end in values_of(original, keys):
        before = original[copied:begin]
        assert other[at : at + len(before)] == before, f"line {number}, before offset {begin}"
        at += len(before)
        match = STRING.match(other, at)
        assert match, f"line {number}, offset {begin}: not a string"
        pairs.append((original[begin:end], json.loads(match.group())))
        at, copied = match.end(), end
    assert other[at:] == original[copied:], f"line {number}, behind offset {copied}"
    return pairs


def plaintext(value):
    return json.loads(value).encode() if value[:1] == b'"' else value


# -- The checks


def encrypted_keys(folder):
    listed = json.loads(sealpost(folder, "matcher", "list", "--json"))
    matchers = listed["matchers"] if isinstance(listed, dict) else listed
    chosen = [matcher for matcher in matchers if matcher["name"] in FIELDS]
    assert len(chosen) == len(FIELDS), f"{len(chosen)} of {len(FIELDS)} matchers are listed"
    return {fold(key) for matcher in chosen for key in [matcher["name"], *matcher["synonyms"]]}


def sealpost(folder, *arguments):
    program = os.path.join(os.path.dirname(__file__), "../../.build/release/sealpost")
    workspace = ["--workspace", f"{folder}/workspace"]
    # The quick start's own session, which stands in its folder.
    environment = {**os.environ, "XDG_STATE_HOME": os.path.abspath(f"{folder}/state")}
    return subprocess.run([program, *arguments, *workspace], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env=environment).stdout


def same_events(events, delivered):
    wanted, found = sorted(map(identifier, events)), sorted(map(identifier, delivered))
    assert wanted == found, f"{len(wanted)} events, {len(found)} delivered"


def is_jwe(text):
    return text.count(".") == 4


def both_forms(sealed):
    raw = [text for _, text in sealed if not is_jwe(text)]
    jwe = [text for _, text in sealed if is_jwe(text)]
    assert len(raw) > 300 and len(jwe) >= 3, f"{len(raw)} raw, {len(jwe)} JWE"
    assert all(len(text) == 512 for text in raw), "a raw value is not 512 characters long"


def judge_raw(sealed, opener):
    for value, text in sealed:
        if not is_jwe(text):
            opened = opener(base64.b64decode(text, validate=True))
            assert opened == plaintext(value), "another plaintext came out"


def judge_jwe(sealed, opener):
    for value, text in sealed:
        if is_jwe(text):
            header, opened = opener(text)
            assert (header.get("cty") == "json") == (value[:1] != b'"'), "cty does not fit"
            assert opened == plaintext(value), "another plaintext came out"


def openssl(private_key, ciphertext):
    options = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"]
    with tempfile.NamedTemporaryFile() as file:
        file.write(ciphertext)
        file.flush()
        command = ["openssl", "pkeyutl", "-decrypt", "-inkey", private_key, "-in", file.name]
        for option in options:
            command += ["-pkeyopt", option]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert result.returncode == 0, "openssl refused a ciphertext"
    return result.stdout


def cryptography_opener(private_key):
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
    except ImportError:
        raise Skip("no Python module cryptography") from None
    with open(private_key, "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return lambda ciphertext: key.decrypt(ciphertext, oaep)


def unpadded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def open_jwe(private_key, text):
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise Skip("no Python module cryptography") from None
    header, key, iv, ciphertext, tag = text.split(".")
    content_key = openssl(private_key, unpadded(key))
    opened = AESGCM(content_key).decrypt(
        unpadded(iv), unpadded(ciphertext) + unpadded(tag), header.encode())
    return json.loads(unpadded(header)), opened


def jose_opener(private_key):
    try:
        from joserfc import jwe
        from joserfc.jwk import RSAKey
    except ImportError:
        raise Skip("no Python module joserfc") from None
    with open(private_key, "rb") as file:
        key = RSAKey.import_key(file.read())

    def opener(text):
        opened = jwe.decrypt_compact(text, key, algorithms=["RSA-OAEP-256", "A256GCM"])
        return opened.protected, opened.plaintext

    return opener


def restored(events, decrypted, keys):
    by_id = {identifier(line): trimmed(line) for line in decrypted}
    for number, line in enumerate(events, 1):
        original, other = trimmed(line), by_id[identifier(line)]
        at, copied = 0, 0
        for begin, end in values_of(original, keys):
            before = original[copied:begin]
            assert other[at : at + len(before)] == before, f"line {number}, before offset {begin}"
            at += len(before)
            at, copied = at + same_value(original[begin:end], other[at:], number), end
        assert other[at:] == original[copied:], f"line {number}, behind offset {copied}"


def same_value(value, rest, number):
    """How long the restored value is: the JSON text itself out of a JWE; a raw value comes back as a string."""
    if value[:1] != b'"' and rest.startswith(value):
        return len(value)
    match = STRING.match(rest)
    assert match and json.loads(match.group()).encode() == plaintext(value), f"line {number}: value"
    return match.end()


def all_differ(sealed):
    texts = [text for _, text in sealed]
    assert len(set(texts)) == len(texts), "the same ciphertext twice"


def audit_chain(workspace):
    """By the description in Sources/AuditLog/Notes.md."""
    with open(f"{workspace}/workspace.json", encoding="utf-8") as file:
        identity = json.load(file)["id"]
    chain = hashlib.sha256(b"sealpost audit log 1\n" + identity.encode()).hexdigest()
    count = 0
    for name in sorted(os.listdir(f"{workspace}/audit")):
        if not name.endswith(".jsonl"):
            continue
        for line in lines_of(f"{workspace}/audit/{name}"):
            record = json.loads(line)
            body = line[: line.rindex(b',"hash":"')]
            assert record["prev"] == chain and record["seq"] == count + 1, f"record {count + 1}"
            chain = hashlib.sha256(b"sealpost audit record 1\n" + body).hexdigest()
            assert record["hash"] == chain, f"record {count + 1}"
            count += 1
    assert count > 10, f"only {count} records"


def no_plaintext(folder, sealed):
    """Nothing of what was encrypted lies in the workspace: neither in a log nor in a document."""
    values = {plaintext(value) for value, _ in sealed if len(value) > 10}
    for directory, _, names in os.walk(f"{folder}/workspace"):
        for name in names:
            with open(os.path.join(directory, name), "rb") as file:
                content = file.read()
            assert not any(value in content for value in values), f"a value stands in {name}"


def private_files(folder):
    for name, limit in [("private.pem", 0o600), ("workspace", 0o700)]:
        mode = stat.S_IMODE(os.stat(f"{folder}/{name}").st_mode)
        assert mode & ~limit == 0, f"{name} has mode {mode:o}"


if __name__ == "__main__":
    main(*sys.argv[1:])
