import Secrets
import Times
import Transport

/// A client of the Security Token Service.
public struct STSClient {
    private let client: QueryClient

    /// - Parameters:
    ///   - endpoint: an endpoint of the service `.sts`.
    ///   - sender: sends requests.
    ///   - timing: clocks and random numbers.
    ///   - deadline: when to give up, in milliseconds on the clock `timing.uptime`.
    public init(endpoint: Endpoint, sender: any HTTPSender, timing: Timing = .system, deadline: Int64) {
        client = QueryClient(endpoint: endpoint, sender: sender, timing: timing, deadline: deadline)
    }

    /// Requests a session of the user whose long-term key signs.
    ///
    /// - Parameters:
    ///   - durationSeconds: 900 to 129,600; for a root user at most 3,600.
    ///   - mfa: the code, which is sent only once.
    public func getSessionToken(
        signedBy credentials: borrowing Credentials, durationSeconds: Int, mfa: borrowing MFACode?
    ) throws(STSError) -> Credentials {
        var form = Form("GetSessionToken", of: .sts)
        form.add("DurationSeconds", durationSeconds)
        addCode(mfa, to: &form)
        return try client.call(form, signedBy: credentials, repetition: repetition(mfa)) { (answer) throws(STSError) in
            try answer.credentials()
        }
    }

    /// Requests a session of a role.
    ///
    /// - Parameter mfa: the code, which is sent only once.
    public func assumeRole(
        _ request: AssumeRoleRequest, signedBy credentials: borrowing Credentials, mfa: borrowing MFACode?
    ) throws(STSError) -> Credentials {
        var form = Form("AssumeRole", of: .sts)
        request.add(to: &form)
        addCode(mfa, to: &form)
        return try client.call(form, signedBy: credentials, repetition: repetition(mfa)) { (answer) throws(STSError) in
            try answer.credentials()
        }
    }

    /// Requests a session of a role with a token of an OpenID Connect provider that the role trusts. The request is not
    /// signed, and the token may be sent again.
    ///
    /// - Parameters:
    ///   - request: its external ID, tags and source identity are not sent; here the token carries such claims.
    ///   - token: 4 to 20,000 bytes. An expired one throws `.expiredToken`.
    public func assumeRoleWithWebIdentity(
        _ request: AssumeRoleRequest, token: borrowing SecretBytes
    ) throws(STSError) -> Credentials {
        var taken = AssumeRoleRequest(roleARN: request.roleARN, sessionName: request.sessionName)
        (taken.durationSeconds, taken.policy) = (request.durationSeconds, request.policy)
        taken.policyARNs = request.policyARNs
        var form = Form("AssumeRoleWithWebIdentity", of: .sts)
        taken.add(to: &form)
        form.add("WebIdentityToken", secret: token)
        return try client.call(form) { (answer) throws(STSError) in try answer.credentials() }
    }

    /// Requests a session of a federated user, whose rights are a part of those of the user whose long-term key signs. It
    /// takes no MFA code.
    public func getFederationToken(
        _ request: FederationTokenRequest, signedBy credentials: borrowing Credentials
    ) throws(STSError) -> Credentials {
        var form = Form("GetFederationToken", of: .sts)
        request.add(to: &form)
        return try client.call(form, signedBy: credentials) { (answer) throws(STSError) in try answer.credentials() }
    }

    /// Requests the owner of the credentials. No policy can forbid it.
    public func getCallerIdentity(signedBy credentials: borrowing Credentials) throws(STSError) -> CallerIdentity {
        let form = Form("GetCallerIdentity", of: .sts)
        return try client.call(form, signedBy: credentials) { (answer) throws(STSError) in
            try answer.callerIdentity()
        }
    }

    /// A code is sent once.
    private func repetition(_ mfa: borrowing MFACode?) -> Repetition {
        switch mfa {
        case .some: .unsent
        case .none: .always
        }
    }

    private func addCode(_ mfa: borrowing MFACode?, to form: inout Form) {
        switch mfa {
        case .some(let mfa): mfa.add(to: &form)
        case .none: break
        }
    }
}
