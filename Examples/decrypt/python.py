"""Usage: python.py PRIVATE_KEY < VALUE"""

import base64
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def unpadded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


with open(sys.argv[1], "rb") as file:
    key = serialization.load_pem_private_key(file.read(), None)
oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
value = sys.stdin.read().strip()
if value.count(".") == 4:
    header, wrapped, iv, ciphertext, tag = value.split(".")
    content_key = key.decrypt(unpadded(wrapped), oaep)
    plaintext = AESGCM(content_key).decrypt(
        unpadded(iv), unpadded(ciphertext) + unpadded(tag), header.encode())
else:
    plaintext = key.decrypt(base64.b64decode(value, validate=True), oaep)
sys.stdout.buffer.write(plaintext)
