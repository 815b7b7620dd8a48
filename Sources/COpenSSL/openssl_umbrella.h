// What `Cryptography` uses of OpenSSL 3, and nothing else.
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

// A macro too involved for Swift's importer.
static inline int COpenSSL_publicKeySelection(void) { return EVP_PKEY_PUBLIC_KEY; }

// The builder keeps the pointers to the names, so these must be C's literals.
static inline int COpenSSL_pushRSAPublicNumbers(
    OSSL_PARAM_BLD *builder, const BIGNUM *n, const BIGNUM *e) {
  return OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n)
      && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
}

// Parameters are pointers to names and values that must live during the call: C's literals do.
static inline int COpenSSL_initHMACSHA256(
    EVP_MAC_CTX *context, const unsigned char *key, size_t length) {
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA2-256", 0),
      OSSL_PARAM_construct_end(),
  };
  return EVP_MAC_init(context, key, length, parameters);
}

static inline int COpenSSL_deriveHKDFSHA256(
    EVP_KDF_CTX *context, const void *key, size_t keyLength, const void *salt, size_t saltLength,
    const void *info, size_t infoLength, unsigned char *out, size_t outLength) {
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA2-256", 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, keyLength),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, saltLength),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, infoLength),
      OSSL_PARAM_construct_end(),
  };
  return EVP_KDF_derive(context, out, outLength, parameters);
}
