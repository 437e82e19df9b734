#define _GNU_SOURCE
#include "ccurl.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libcurl copies headers into its own buffers: with these functions it wipes them when it frees them.

/// A header before each block, which keeps the block aligned for any type.
union block {
    size_t size;
    max_align_t alignment;
};

static void *allocate(size_t size) {
    if (size > (size_t)-1 - sizeof(union block)) return NULL;
    union block *block = malloc(sizeof(union block) + size);
    if (block == NULL) return NULL;
    block->size = size;
    return block + 1;
}

static void release(void *bytes) {
    if (bytes == NULL) return;
    union block *block = (union block *)bytes - 1;
    explicit_bzero(bytes, block->size);
    free(block);
}

static void *resize(void *bytes, size_t size) {
    void *moved = allocate(size);
    if (moved == NULL || bytes == NULL) return moved;
    size_t old = ((union block *)bytes - 1)->size;
    memcpy(moved, bytes, old < size ? old : size);
    release(bytes);
    return moved;
}

static char *duplicate(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = allocate(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

static void *allocate_zeros(size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) return NULL;
    void *bytes = allocate(total);
    return bytes == NULL ? NULL : memset(bytes, 0, total);
}

/// Whether dlerror(3) says that the library itself does not exist, in the words of glibc's elf/dl-load.c. Any other
/// error concerns a library that exists: no memory, no descriptor, a missing dependency.
static int says_absent(const char *error, const char *name) {
    size_t length = strlen(name);
    return strncmp(error, name, length) == 0 &&
           strcmp(error + length, ": cannot open shared object file: No such file or directory") == 0;
}

static void *open_library(char *reason) {
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"};
    reason[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
        if (library != NULL) return library;
        const char *error = dlerror();
        if (reason[0] != '\0') continue;
        if (error == NULL) error = strerror(errno);
        if (!says_absent(error, names[i])) snprintf(reason, WARDER_CURL_REASON_SIZE, "%s", error);
    }
    return NULL;
}

int warder_curl_open(struct warder_curl *curl, char *reason) {
    // This variable would make libcurl write each TLS connection's secrets to a file; it is read when the library
    // starts.
    unsetenv("SSLKEYLOGFILE");

    void *library = open_library(reason);
    if (library == NULL) return reason[0] == '\0' ? WARDER_CURL_MISSING : WARDER_CURL_UNLOADABLE;

    const struct {
        const char *name;
        void *slot;
    } symbols[] = {
        {"curl_easy_init", &curl->easy_init},         {"curl_easy_perform", &curl->easy_perform},
        {"curl_easy_reset", &curl->easy_reset},       {"curl_easy_cleanup", &curl->easy_cleanup},
        {"curl_easy_strerror", &curl->easy_strerror}, {"curl_easy_setopt", &curl->easy_setopt},
        {"curl_easy_getinfo", &curl->easy_getinfo},   {"curl_global_init_mem", &curl->global_init_mem},
        {"curl_version_info", &curl->version_info},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *function = dlsym(library, symbols[i].name);
        if (function == NULL) return WARDER_CURL_UNUSABLE;
        memcpy(symbols[i].slot, &function, sizeof function);
    }

    // CURL_GLOBAL_SSL, for versions before 7.57; later ones ignore it.
    int started = curl->global_init_mem(1, allocate, release, resize, duplicate, allocate_zeros);
    return started == 0 ? WARDER_CURL_OPENED : WARDER_CURL_UNUSABLE;
}

int warder_curl_set_number(const struct warder_curl *curl, warder_curl_handle *handle, int option, long value) {
    return curl->easy_setopt(handle, option, value);
}

int warder_curl_set_pointer(const struct warder_curl *curl, warder_curl_handle *handle, int option, const void *value) {
    return curl->easy_setopt(handle, option, value);
}

int warder_curl_set_callback(
    const struct warder_curl *curl, warder_curl_handle *handle, int option, warder_curl_callback value) {
    return curl->easy_setopt(handle, option, value);
}

long warder_curl_number(const struct warder_curl *curl, warder_curl_handle *handle, int info) {
    long value = -1;
    return curl->easy_getinfo(handle, info, &value) == 0 ? value : -1;
}
