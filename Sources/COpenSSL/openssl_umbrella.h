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
