import Failures
import Secrets
import Shells
import Times

/// Credentials as environment variables.
package enum Exports {
    /// Every variable that warder sets.
    package static let names = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION",
        "AWS_DEFAULT_REGION", "WARDER_PROFILE",
    ]

    /// Variables that an SDK would prefer to the keys, or mix with them: profile names, which some SDKs put first, and
    /// older spellings of the keys. Also what aws-vault's shells say about their own keys, which does not apply to
    /// these.
    package static let shadowing = [
        "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_VAULT",
    ]

    /// Variables that hold credentials, in any spelling and in any environment.
    static let secret = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY", "AWS_CREDENTIAL_EXPIRATION", endpointURI, endpointToken,
    ]

    /// Tells SDKs the endpoint of `exec --serve`.
    package static let endpointURI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    package static let endpointToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN"

    /// Variables that SDKs would prefer to an endpoint, or that name another one.
    package static let beforeEndpoint = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", endpointURI, endpointToken,
        "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
    ]

    /// Calls `body` with each variable to set and its value.
    ///
    /// - Parameter region: nil leaves the environment's region unchanged.
    package static func forEach<E: Error>(
        _ credentials: borrowing Credentials, profile: String, region: String?,
        _ body: (String, borrowing SecretBytes) throws(E) -> Void
    ) throws(E) {
        try body("AWS_ACCESS_KEY_ID", bytes(credentials.accessKeyID))
        try body("AWS_SECRET_ACCESS_KEY", credentials.secret)
        switch credentials.sessionToken {
        case .some(let token): try body("AWS_SESSION_TOKEN", token)
        case .none: break
        }
        if let expiration = credentials.expiration {
            try body("AWS_CREDENTIAL_EXPIRATION", bytes(UnixTime(expiration).iso8601))
        }
        if let region {
            try body("AWS_REGION", bytes(region))
            try body("AWS_DEFAULT_REGION", bytes(region))
        }
        try body("WARDER_PROFILE", bytes(profile))
    }

    /// Adds statements for all of them to a script: first unsets the variables that must go, then sets the others.
    package static func write(
        _ credentials: borrowing Credentials, of profile: String, region: String?, to script: inout Script
    ) throws(Failure) {
        for name in unset(credentials) { script.unset(name) }
        do throws(ShellError) {
            try forEach(credentials, profile: profile, region: region) { (name, value) throws(ShellError) in
                try script.export(name, value)
            }
        } catch { throw Failure(error) }
    }

    /// The variables to unset: those that shadow the credentials, and those that these credentials do not set.
    static func unset(_ credentials: borrowing Credentials) -> [String] {
        var names = shadowing
        switch credentials.sessionToken {
        case .some: break
        case .none: names.append("AWS_SESSION_TOKEN")
        }
        if credentials.expiration == nil { names.append("AWS_CREDENTIAL_EXPIRATION") }
        return names
    }

    private static func bytes(_ text: String) -> SecretBytes {
        var bytes = SecretBytes(capacity: text.utf8.count)
        bytes.append(text)
        return bytes
    }
}
