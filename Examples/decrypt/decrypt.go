// Usage: go run decrypt.go PRIVATE_KEY < VALUE
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"os"
	"strings"
)

func main() {
	file, err := os.ReadFile(os.Args[1])
	check(err)
	block, _ := pem.Decode(file)
	if block == nil {
		log.Fatal("no PEM in ", os.Args[1])
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check(err)
	key := parsed.(*rsa.PrivateKey)
	input, err := io.ReadAll(os.Stdin)
	check(err)
	value := strings.TrimSpace(string(input))
	var plaintext []byte
	if parts := strings.Split(value, "."); len(parts) == 5 {
		plaintext = openJWE(key, parts)
	} else {
		plaintext = unwrap(key, decode(base64.StdEncoding, value))
	}
	_, err = os.Stdout.Write(plaintext)
	check(err)
}

func unwrap(key *rsa.PrivateKey, ciphertext []byte) []byte {
	// Go uses the one digest for OAEP and for MGF1.
	plaintext, err := rsa.DecryptOAEP(sha256.New(), nil, key, ciphertext, nil)
	check(err)
	return plaintext
}

func openJWE(key *rsa.PrivateKey, parts []string) []byte {
	block, err := aes.NewCipher(unwrap(key, decode(base64.RawURLEncoding, parts[1])))
	check(err)
	gcm, err := cipher.NewGCM(block)
	check(err)
	sealed := append(decode(base64.RawURLEncoding, parts[3]), decode(base64.RawURLEncoding, parts[4])...)
	plaintext, err := gcm.Open(nil, decode(base64.RawURLEncoding, parts[2]), sealed, []byte(parts[0]))
	check(err)
	return plaintext
}

func decode(encoding *base64.Encoding, text string) []byte {
	bytes, err := encoding.DecodeString(text)
	check(err)
	return bytes
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
