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
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

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

// TLS: macros over SSL_ctrl and SSL_CTX_ctrl, which Swift's importer does not see.

// TLS 1.2 and 1.3; no renegotiation; a write may take part of the bytes, and be repeated from another place.
static inline int COpenSSL_setUpTLS(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                | SSL_MODE_RELEASE_BUFFERS);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

static inline int COpenSSL_setServerName(SSL *connection, const char *name) {
  return SSL_set_tlsext_host_name(connection, name) == 1;
}

// Sessions are kept by whoever made the connection, not by the context.
static inline void COpenSSL_keepNoSessions(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

// ALPN (RFC 7301): our server speaks HTTP/1.1 and nothing else.
static const unsigned char COpenSSL_http11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

static inline int COpenSSL_selectHTTP11(SSL *connection, const unsigned char **selected,
                                        unsigned char *length, const unsigned char *offered,
                                        unsigned offeredLength, void *context) {
  unsigned char *found = NULL;
  (void)connection, (void)context;
  if (SSL_select_next_proto(&found, length, COpenSSL_http11, sizeof COpenSSL_http11, offered,
                            offeredLength) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *selected = found;
  return SSL_TLSEXT_ERR_OK;
}

static inline void COpenSSL_acceptHTTP11(SSL_CTX *context) {
  SSL_CTX_set_alpn_select_cb(context, COpenSSL_selectHTTP11, NULL);
}
