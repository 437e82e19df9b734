import STS
import Secrets
import Signing
import Times
import Transport

/// A client of IAM Identity Center's portal, which issues the credentials of roles.
public struct PortalClient {
    let endpoint: ServiceURL
    let client: RetryingClient
    let timing: Timing

    /// - Parameters:
    ///   - endpoint: `SSOEndpoints.portal`.
    ///   - sender: sends requests.
    ///   - timing: clocks and random numbers.
    ///   - timeLimit: milliseconds for each call, including all its attempts.
    public init(
        endpoint: ServiceURL, sender: any HTTPSender, timing: Timing = .system, timeLimit: Int64 = 10_000
    ) {
        self.endpoint = endpoint
        self.timing = timing
        client = RetryingClient(sender: sender, timing: timing, timeLimit: timeLimit)
    }

    /// Requests a session of a role (`GetRoleCredentials`).
    ///
    /// - Parameters:
    ///   - role: `sso_role_name`.
    ///   - account: `sso_account_id`.
    ///   - token: the access token.
    /// - Throws: `.signInNeeded` if the token is no longer valid, `.accessDenied` and `.noSuchRole` if the user does
    ///   not have the role.
    public func credentials(
        role: String, account: String, token: borrowing SecretBytes
    ) throws(SignInError) -> Credentials {
        let url = try endpoint.appending("/federation/credentials")
        let response = try client.call(url) { limit in
            var query = SecretBytes("role_name=")
            query.appendPercentEncoded(role)
            query.append("&account_id=")
            query.appendPercentEncoded(account)
            return HTTPRequest(
                method: "GET", url: url, query: query, headers: [Header("Accept", "application/json")],
                secretHeader: SecretHeader("x-amz-sso_bearer_token", token.copy()), timeout: limit)
        }
        if response.status == 401 { throw .signInNeeded }
        var secrets = SentSecrets()
        secrets.add(token)
        let answer = try JSONResponse(response, hiding: secrets)
        guard (200...299).contains(response.status) else {
            throw portalError(answer.refusal())
        }
        let now = response.date.flatMap { UnixTime(httpDate: $0) } ?? timing.now()
        return try answer.inner("roleCredentials").credentials(of: account, now: now)
    }
}

extension JSONResponse {
    fileprivate func credentials(of account: String, now: UnixTime) throws(SignInError) -> Credentials {
        let keyID = try identifier("accessKeyId")
        guard (16...128).contains(keyID.utf8.count), keyID.utf8.allSatisfy(isWordByte) else {
            throw missing("accessKeyId")
        }
        // This one is in milliseconds, unlike all other times.
        let end = try number("expiration") / 1000
        guard end > now.seconds else { throw .expiredAnswer }
        return Credentials(
            accessKeyID: keyID, secret: try secret("secretAccessKey"), sessionToken: try secret("sessionToken"),
            expiration: end, accountID: account)
    }
}

/// What a refusal of the portal means, by its status.
func portalError(_ refusal: SignInRefusal) -> SignInError {
    switch refusal.status {
    case 403: .accessDenied(refusal)
    case 404: .noSuchRole(refusal)
    case 429: .slowDown(refusal)
    default: .refused(refusal)
    }
}

func isWordByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
}
