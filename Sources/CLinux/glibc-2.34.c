// Functions that glibc has only since 2.35 and 2.36, for what is linked statically into the release binary: with them,
// the binary starts on glibc 2.34. The linker takes them in place of glibc's; hidden, so that libraries do not.
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/random.h>

#define HIDDEN __attribute__((visibility("hidden")))
struct dl_find_object;

HIDDEN void arc4random_buf(void *buffer, size_t length);
HIDDEN float hypotf(float x, float y);
HIDDEN int _dl_find_object(void *address, struct dl_find_object *result);

/// arc4random(3), for libexpat. Like glibc's, it cannot fail: without random bytes, the process ends.
void arc4random_buf(void *buffer, size_t length) {
    for (size_t filled = 0; filled < length;) {
        ssize_t count = getrandom((char *)buffer + filled, length - filled, 0);
        if (count > 0) {
            filled += (size_t)count;
        } else if (count < 0 && errno != EINTR) {
            abort();
        }
    }
}

/// hypot(3), for the `Glibc` module of Swift. A `double` holds the squares of two `float`s, so none overflows.
float hypotf(float x, float y) {
    if (isinf(x) || isinf(y)) return INFINITY;
    return (float)sqrt((double)x * x + (double)y * y);
}

/// dlfcn.h of glibc 2.35, for libgcc's unwinder: -1 says that there is no unwind table, and the binary has none.
int _dl_find_object(void *address, struct dl_find_object *result) {
    (void)address;
    (void)result;
    return -1;
}
