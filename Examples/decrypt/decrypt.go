// Usage: go run decrypt.go PRIVATE_KEY < VALUE
package main

import (
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
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check(err)
	input, err := io.ReadAll(os.Stdin)
	check(err)
	ciphertext, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(input)))
	check(err)
	// Go uses the one digest for OAEP and for MGF1.
	plaintext, err := rsa.DecryptOAEP(sha256.New(), nil, key.(*rsa.PrivateKey), ciphertext, nil)
	check(err)
	_, err = os.Stdout.Write(plaintext)
	check(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
