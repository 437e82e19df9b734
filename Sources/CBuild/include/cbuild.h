// What `make` tells the binary about its own build. A build by SwiftPM alone does not know any of it.
#pragma once

/// The commit that the binary was built from, with `-dirty` if files had been changed; or NULL.
const char *warder_build_commit(void);
/// The version of the Swift compiler, `6.3.1`; or NULL.
const char *warder_build_swift(void);
