// libcurl, opened with dlopen at first use: linking it would add some milliseconds to every start of the program.
// Names, types and numbers are those of <curl/curl.h>, whose ABI has been stable since 7.16.
#pragma once
#include <stddef.h>

typedef struct warder_curl_handle warder_curl_handle;

/// `struct curl_slist`. libcurl only reads a list that warder built.
struct warder_curl_slist {
    char *data;
    struct warder_curl_slist *next;
};

/// `curl_version_info_data` up to the fields of 7.70; `age` says which fields this libcurl has.
struct warder_curl_version {
    int age;
    const char *version;
    unsigned number;
    const char *host;
    int features;
    const char *tls;
    long tls_number;
    const char *zlib;
    const char *const *protocols;
    const char *ares;
    int ares_number;
    const char *idn;
    int iconv_number;
    const char *ssh;
    unsigned brotli_number;
    const char *brotli;
    unsigned nghttp2_number;
    const char *nghttp2;
    const char *quic;
    /// The file and the folder of certificates that it trusts by default; null for none.
    const char *ca_file;
    const char *ca_folder;
};

/// `curl_write_callback`, which is also the type of a header callback.
typedef size_t (*warder_curl_callback)(char *bytes, size_t size, size_t count, void *context);

/// The functions that warder uses. `options` and `info` take any type, so Swift goes through the shims below.
struct warder_curl {
    warder_curl_handle *(*easy_init)(void);
    int (*easy_perform)(warder_curl_handle *handle);
    void (*easy_reset)(warder_curl_handle *handle);
    void (*easy_cleanup)(warder_curl_handle *handle);
    const char *(*easy_strerror)(int code);
    int (*easy_setopt)(warder_curl_handle *handle, int option, ...);
    int (*easy_getinfo)(warder_curl_handle *handle, int info, ...);
    const struct warder_curl_version *(*version_info)(int age);
    int (*global_init_mem)(
        long flags, void *(*allocate)(size_t), void (*release)(void *), void *(*resize)(void *, size_t),
        char *(*duplicate)(const char *), void *(*allocate_zeros)(size_t, size_t));
};

enum {
    WARDER_CURL_OPENED = 0,
    /// No variant of libcurl exists.
    WARDER_CURL_MISSING = 1,
    /// libcurl lacks a function that warder needs, or failed to start.
    WARDER_CURL_UNUSABLE = 2,
    /// libcurl exists, but could not be loaded.
    WARDER_CURL_UNLOADABLE = 3,
};

enum { WARDER_CURL_REASON_SIZE = 256 };

/// Opens the libcurl variant that is installed, and starts it with an allocator that wipes memory before freeing it.
/// Idempotent; returns one of the values above. Writes the dynamic linker's message to `reason`, which must have room
/// for `WARDER_CURL_REASON_SIZE` bytes.
int warder_curl_open(struct warder_curl *curl, char *reason);

/// `curl_easy_setopt` with a `long`.
int warder_curl_set_number(const struct warder_curl *curl, warder_curl_handle *handle, int option, long value);
/// `curl_easy_setopt` with an object: a string, a list, a context.
int warder_curl_set_pointer(const struct warder_curl *curl, warder_curl_handle *handle, int option, const void *value);
/// `curl_easy_setopt` with a function.
int warder_curl_set_callback(
    const struct warder_curl *curl, warder_curl_handle *handle, int option, warder_curl_callback value);
/// `curl_easy_getinfo` of a `long`; -1 if libcurl does not know it.
long warder_curl_number(const struct warder_curl *curl, warder_curl_handle *handle, int info);

enum {
    WARDER_CURLOPT_URL = 10002,
    WARDER_CURLOPT_ERRORBUFFER = 10010,
    WARDER_CURLOPT_POSTFIELDS = 10015,
    WARDER_CURLOPT_USERAGENT = 10018,
    WARDER_CURLOPT_HTTPHEADER = 10023,
    WARDER_CURLOPT_CUSTOMREQUEST = 10036,
    WARDER_CURLOPT_CAINFO = 10065,
    WARDER_CURLOPT_CAPATH = 10097,
    WARDER_CURLOPT_NOPROXY = 10177,
    WARDER_CURLOPT_PROTOCOLS_STR = 10318,
    WARDER_CURLOPT_WRITEDATA = 10001,
    WARDER_CURLOPT_WRITEFUNCTION = 20011,
    WARDER_CURLOPT_HEADERDATA = 10029,
    WARDER_CURLOPT_HEADERFUNCTION = 20079,
    WARDER_CURLOPT_SSLVERSION = 32,
    WARDER_CURLOPT_FOLLOWLOCATION = 52,
    WARDER_CURLOPT_POSTFIELDSIZE = 60,
    WARDER_CURLOPT_FRESH_CONNECT = 74,
    WARDER_CURLOPT_HTTP_VERSION = 84,
    WARDER_CURLOPT_NOSIGNAL = 99,
    WARDER_CURLOPT_TIMEOUT_MS = 155,
    WARDER_CURLOPT_CONNECTTIMEOUT_MS = 156,
    WARDER_CURLOPT_PROTOCOLS = 181,
    WARDER_CURLOPT_HEADEROPT = 229,
    WARDER_CURLOPT_PATH_AS_IS = 234,
    WARDER_CURLOPT_SUPPRESS_CONNECT_HEADERS = 265,
    WARDER_CURLOPT_QUICK_EXIT = 322,
};

enum {
    WARDER_CURLINFO_RESPONSE_CODE = 0x200000 + 2,
    WARDER_CURLINFO_REQUEST_SIZE = 0x200000 + 12,
    WARDER_CURLINFO_SSL_VERIFYRESULT = 0x200000 + 13,
    WARDER_CURLINFO_HTTP_CONNECTCODE = 0x200000 + 22,
};

enum {
    /// `CURLVERSION_SEVENTH`: libcurl 7.70.
    WARDER_CURLVERSION_SEVENTH = 6,
};

enum {
    WARDER_CURLE_OK = 0,
    WARDER_CURLE_COULDNT_RESOLVE_PROXY = 5,
    WARDER_CURLE_COULDNT_RESOLVE_HOST = 6,
    WARDER_CURLE_COULDNT_CONNECT = 7,
    WARDER_CURLE_WRITE_ERROR = 23,
    WARDER_CURLE_OUT_OF_MEMORY = 27,
    WARDER_CURLE_OPERATION_TIMEDOUT = 28,
    WARDER_CURLE_SSL_CONNECT_ERROR = 35,
    WARDER_CURLE_PEER_FAILED_VERIFICATION = 60,
    WARDER_CURLE_SSL_CACERT_BADFILE = 77,
};

enum {
    WARDER_CURL_ERROR_SIZE = 256,
    WARDER_CURL_HTTP_VERSION_1_1 = 2,
    WARDER_CURL_SSLVERSION_TLSv1_2 = 6,
    WARDER_CURLHEADER_SEPARATE = 1,
    WARDER_CURLPROTO_HTTP = 1,
    WARDER_CURLPROTO_HTTPS = 2,
};
