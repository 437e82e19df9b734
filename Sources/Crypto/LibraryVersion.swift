import COpenSSL

/// The name and version of the libcrypto that is loaded: `OpenSSL 3.0.17`.
///
/// The corresponding C function is `OpenSSL_version`.
package func libcryptoVersion() -> String {
    let version = OpenSSL_version(OPENSSL_FULL_VERSION_STRING).map { String(cString: $0) }
    return "OpenSSL " + (version ?? "of an unknown version")
}
