import Failures
import Secrets
import Shells
import Times

/// What credentials look like in an environment.
package enum Exports {
    /// Every variable that warder sets.
    package static let names = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_REGION",
        "AWS_DEFAULT_REGION", "WARDER_PROFILE",
    ]

    /// Variables that an SDK would prefer to the keys, or mix with them: profile names, which some SDKs put first, and
    /// older spellings of the keys. And what aws-vault's shells say of theirs, which these are not.
    package static let shadowing = [
        "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_VAULT",
    ]

    /// Variables that credentials stand in, of any spelling and in any environment.
    static let secret = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY", "AWS_CREDENTIAL_EXPIRATION", endpointURI, endpointToken,
    ]

    /// Where SDKs find the endpoint of `exec --serve`, and what they show there.
    package static let endpointURI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    package static let endpointToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN"

    /// Variables that SDKs would prefer to an endpoint, or take for another one.
    package static let beforeEndpoint = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", endpointURI, endpointToken,
        "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
    ]

    /// Gives each variable that is to be set, with its value.
    ///
    /// - Parameter region: nil leaves the region to the environment as it is.
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

    /// Adds all of it to a script: first what must go, then what is to be set.
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

    /// The variables that must go: what shadows, and what these credentials do not set.
    private static func unset(_ credentials: borrowing Credentials) -> [String] {
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
