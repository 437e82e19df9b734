#include "cbuild.h"

// link/build-note writes both into an object that the linker adds. A macro instead would compile every module anew at
// each commit.
extern const char warder_commit[] __attribute__((weak));
extern const char warder_swift[] __attribute__((weak));

// The constants are empty if `make` could not find them out.
static const char *known(const char *text) {
    return text && *text ? text : 0;
}

const char *warder_build_commit(void) {
    return known(warder_commit);
}

const char *warder_build_swift(void) {
    return known(warder_swift);
}
