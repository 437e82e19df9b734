// The least that a program must do to answer from an encrypted cache with OpenSSL's libcrypto: start, read 1 KiB,
// decrypt it with AES-256-GCM, print it. warder is compared with this, not with a number of milliseconds.
//
//     floor FILE        FILE: 1,024 bytes of ciphertext, then 16 of tag; key and nonce are zeros
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <unistd.h>

enum { text_size = 1024, tag_size = 16 };

int main(int count, char **arguments) {
    if (count != 2) return 2;
    // Without these, libcrypto reads its configuration and fills its tables, at twice the cost.
    const uint64_t bare = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ATEXIT |
                          OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS;
    if (OPENSSL_init_crypto(bare, NULL) != 1) return 1;

    unsigned char sealed[text_size + tag_size], text[text_size];
    const unsigned char key[32] = {0}, nonce[12] = {0};
    const int file = open(arguments[1], O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, sealed, sizeof sealed) != sizeof sealed) return 1;
    close(file);

    int length = 0;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!cipher || !context || EVP_DecryptInit_ex2(context, cipher, key, nonce, NULL) != 1 ||
        EVP_DecryptUpdate(context, text, &length, sealed, text_size) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, sealed + text_size) != 1 ||
        EVP_DecryptFinal_ex(context, text + length, &length) != 1)
        return 1;
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    return write(STDOUT_FILENO, text, text_size) == text_size ? 0 : 1;
}
