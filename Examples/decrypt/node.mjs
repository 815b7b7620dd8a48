// Usage: node node.mjs PRIVATE_KEY < VALUE
import { constants, createDecipheriv, privateDecrypt } from 'node:crypto'
import { readFileSync } from 'node:fs'

// Node uses oaepHash for both digests.
const key = {
  key: readFileSync(process.argv[2]), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256',
}
const value = readFileSync(0, 'utf8').trim()
const parts = value.split('.')
if (parts.length === 5) {
  const [wrapped, iv, ciphertext, tag] = parts.slice(1).map(part => Buffer.from(part, 'base64url'))
  const cipher = createDecipheriv('aes-256-gcm', privateDecrypt(key, wrapped), iv)
  cipher.setAAD(Buffer.from(parts[0]))
  cipher.setAuthTag(tag)
  process.stdout.write(Buffer.concat([cipher.update(ciphertext), cipher.final()]))
} else {
  process.stdout.write(privateDecrypt(key, Buffer.from(value, 'base64')))
}
