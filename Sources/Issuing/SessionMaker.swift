import Chains
import Failures
import Linux
import Profiles
import Prompt
import STS
import Secrets
import Sessions
import Stores

/// Makes the sessions of one chain: each step uses the result of the step before it.
package final class SessionMaker {
    /// The region for programs that get the credentials: the profile's, because a user who changes the profile wants
    /// its region too, and the environment's may be left over from the previous profile. Nil if the profile sets none.
    let region: String?

    private let keys: Keys
    private let chain: Chain
    private let codes: CodeSupply
    private let signIn: SignInMethod
    private let endpoints: EndpointResolver
    let calls: AWSCalls
    private let rules: ChainRules
    private let freshness: Freshness

    /// - Parameter freshness: how long the source's credentials must remain valid.
    init(
        _ keys: Keys, _ chain: Chain, _ codes: CodeSupply, signIn: SignInMethod, freshness: Freshness = .ordinary,
        _ rules: ChainRules
    ) throws(Failure) {
        self.rules = rules
        self.freshness = freshness
        self.keys = keys
        self.chain = chain
        self.codes = codes
        self.signIn = signIn
        let environment = keys.context.environment
        region = chain.region?.value
        endpoints = EndpointResolver(chain.endpoint, environment)
        calls = AWSCalls(keys.context.world, caBundle: endpoints.caBundle)
    }

    // MARK: - Properties of a step

    /// Everything that determines the session of `step`.
    package func identity(of step: Int) throws(Failure) -> [UInt8] {
        // So that a session from before the rule is not found.
        let rule = rules.areJudgedAtSource ? "\u{0}require_mfa" : nil
        let detail = [source.detail, rule].compactMap { $0 }
        return chain.identity(
            ofStep: step, endpoint: try endpoint(of: step).kind, detail: detail.isEmpty ? nil : detail.joined())
    }

    /// What the chain begins with.
    package private(set) lazy var source: any ChainSource = makeSource(
        SourceTools(
            keys: keys, chain: chain, calls: calls,
            endpoint: { [unowned self] () throws(Failure) in try endpoint(of: Chain.sourceStep) },
            sessionName: { [unowned self] in defaultSessionName }, freshness: freshness, signIn: signIn))

    /// Whether the source's credentials are sessions that warder caches.
    package var keepsSource: Bool { source.isKept }

    /// What a table shows about the session of `step`.
    func label(of step: Int) -> SessionLabel {
        if step == Chain.sourceStep { return sourceLabel }
        let role = role(of: step)
        let device = role == nil ? chain.session?.mfa : role?.mfa
        return SessionLabel(
            profile: role?.profile ?? sourceProfile, key: keyName, role: role?.roleARN.value,
            mfaDevice: device?.serial.value, issued: keys.context.now, clock: calls.clock)
    }

    // MARK: - Making a session

    private var sourceLabel: SessionLabel {
        SessionLabel(
            profile: sourceProfile, key: nil, role: source.role, mfaDevice: nil, issued: keys.context.now,
            clock: calls.clock)
    }

    /// The source's credentials, if no rule of the machine forbids their use.
    func sourceCredentials() throws(Failure) -> Credentials {
        let credentials: Credentials
        do throws(Failure) { credentials = try source.credentials() } catch {
            guard chain.stepCount > 0 else { throw error }
            throw error.wanting(
                key: keyName ?? sourceProfile, for: chain.profile,
                keysMayOpen: try keys.context.policy().unlockedKeysRule == nil)
        }
        // Of a key that a profile names, the chain has shown it already.
        if !chain.source.isKey, let refusal = rules.refusal(of: credentials) { throw refusal }
        return credentials
    }

    /// The longest session that STS issues, in seconds: 36 hours. A session that claims more would never be renewed.
    private static let longest: Int64 = 129_600

    /// The session of `step`.
    ///
    /// - Parameters:
    ///   - requiresAnswer: there is no old session to serve.
    ///   - signer: returns the credentials that sign the request.
    func makeSession(_ step: Int, requiresAnswer: Bool, signer: () throws(Failure) -> Credentials) throws(Failure)
        -> Credentials
    {
        let made =
            step == Chain.sourceStep
            ? try sourceCredentials() : try requestedSession(step, requiresAnswer, signer: signer)
        var credentials = made.ending(by: calls.time + min(Self.longest, rules.longestSession ?? Self.longest))
        credentials.clockOffset = calls.clock?.seconds ?? 0
        return credentials
    }

    /// This process was stopped while it waited for an answer.
    var wasStopped: Bool { calls.wasStopped }

    /// The file or folder of CA certificates for requests; nil for the system's.
    package var caBundle: String? { endpoints.caBundle }

    private func requestedSession(_ step: Int, _ requiresAnswer: Bool, signer: () throws(Failure) -> Credentials)
        throws(Failure)
        -> Credentials
    {
        let endpoint = try endpoint(of: step)
        let signer = try signer()
        guard let role = role(of: step) else { return try session(endpoint, signer, requiresAnswer) }
        let request = request(role)
        let who = RequestSigner(signer, name: keyName, endpoint)
        return try withCode(
            of: role.mfa, doing: "assume \(role.roleARN.value)", signer: who, requiresAnswer: requiresAnswer
        ) {
            (mfa) throws(STSError) in
            try calls.sts(endpoint) { (client) throws(STSError) in
                try client.assumeRole(request, signedBy: signer, mfa: mfa)
            }
        }
    }

    /// The identity that AWS associates with the credentials.
    package func callerIdentity(_ credentials: borrowing Credentials) throws(Failure) -> CallerIdentity {
        let endpoint = try endpoints.endpoint(
            .sts, region: region, chain.region?.origin, partition: chain.partition)
        let who = RequestSigner(credentials, name: chain.stepCount == 0 ? keyName : nil, endpoint)
        let credentials = credentials.copy()
        do throws(STSError) {
            return try calls.sts(endpoint) { (client) throws(STSError) in
                try client.getCallerIdentity(signedBy: credentials)
            }
        } catch { throw Failure(error, doing: "ask who \(chain.profile) is", signer: who) }
    }

    private func session(
        _ endpoint: Endpoint, _ signer: borrowing Credentials, _ requiresAnswer: Bool
    ) throws(Failure) -> Credentials {
        let signer = signer.copy()
        let seconds = chain.session?.durationSeconds ?? SessionStep.defaultDuration
        let who = RequestSigner(signer, name: keyName, endpoint)
        let what = "get a session for \(keyName ?? sourceProfile)"
        let requestedSession = try withCode(
            of: chain.session?.mfa, doing: what, signer: who, requiresAnswer: requiresAnswer
        ) {
            (mfa) throws(STSError) in
            try calls.sts(endpoint) { (client) throws(STSError) in
                try client.getSessionToken(signedBy: signer, durationSeconds: seconds, mfa: mfa)
            }
        }
        // STS does not return the account; the key's record may contain it.
        return requestedSession.with(account: signer.accountID)
    }

    /// A session of a federated user, made with a long-term key.
    func federatedSession(
        _ request: FederationTokenRequest, signedBy key: borrowing Credentials
    ) throws(Failure) -> Credentials {
        let endpoint = try endpoint(of: Chain.sourceStep)
        let who = RequestSigner(key, name: keyName, endpoint)
        let key = key.copy()
        let made: Credentials
        do throws(STSError) {
            made = try calls.sts(endpoint) { (client) throws(STSError) in
                try client.getFederationToken(request, signedBy: key)
            }
        } catch {
            let failure = Failure(error, doing: "make a session of the federated user \(request.name)", signer: who)
            guard case .accessDenied = error else { throw failure }
            throw failure.saying(
                hint: "the key's user needs a policy that allows sts:GetFederationToken; "
                    + "or use a profile with a role_arn")
        }
        var credentials = made.with(account: key.accountID)
        credentials.clockOffset = calls.clock?.seconds ?? 0
        return credentials
    }

    private func request(_ role: RoleStep) -> AssumeRoleRequest {
        var request = AssumeRoleRequest(
            roleARN: role.roleARN.value, sessionName: role.sessionName?.value ?? defaultSessionName)
        request.durationSeconds = role.duration?.value
        request.externalID = role.externalID?.value
        if case .json(let policy) = role.policy { request.policy = policy.value }
        request.policyARNs = role.policyARNs.map(\.value)
        request.tags = role.sessionTags.map { AssumeRoleTag(key: $0.key, value: $0.value) }
        request.transitiveTagKeys = role.transitiveTagKeys
        request.sourceIdentity = role.sourceIdentity?.value
        return request
    }

    /// The default session name, by which CloudTrail shows the key. It contains no time, so that the same profile gives
    /// the same session.
    var defaultSessionName: String {
        let allowed = (keyName ?? sourceProfile).unicodeScalars.filter {
            $0.isASCII
                && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "_+=,.@-".unicodeScalars.contains($0))
        }
        return String(("warder-" + String(String.UnicodeScalarView(allowed))).prefix(64))
    }

    // MARK: - The code

    /// Runs `work` with a code of `device`, if there is one.
    private func withCode(
        of device: MFADevice?, doing what: String, signer: RequestSigner, requiresAnswer: Bool,
        _ work: (borrowing MFACode?) throws(STSError) -> Credentials
    ) throws(Failure) -> Credentials {
        guard let serial = device?.serial.value else {
            do throws(STSError) { return try work(nil) } catch { throw Failure(error, doing: what, signer: signer) }
        }
        let wanted = WantedCode(
            device: serial, profile: chain.profile, command: chain.mfaProcess?.value, purpose: what,
            signer: signer, requiresAnswer: requiresAnswer)
        return try codes.withCode(
            wanted, seed: { () throws(Failure) in try self.seed(of: serial) }, time: { self.calls.time }, work)
    }

    /// The seed of the device's codes, if one is stored with the key.
    private func seed(of device: String) throws(Failure) -> SecretBytes? {
        guard let keyName, try keys.context.policy().seedsRule == nil else { return nil }
        return try keys.totpSeed(keyName, device: device)
    }

    // MARK: - Parts of the chain

    /// Where the last step's request goes.
    package func stsEndpoint() throws(Failure) -> Endpoint { try endpoint(of: chain.stepCount - 1) }

    /// Where the request for `step` goes.
    package func endpoint(of step: Int) throws(Failure) -> Endpoint {
        let environment = keys.context.environment
        let region = chain.effectiveRegion(ofStep: step) { environment.nonEmpty($0) }
        let origin = chain.region(ofStep: step)?.origin
        return try endpoints.endpoint(.sts, region: region, origin, partition: chain.partition)
    }

    /// Where programs that get the credentials find S3, by the settings that SDKs go by.
    ///
    /// - Parameter region: takes precedence over the environment's and the profile's.
    package func s3Endpoint(region given: String?) throws(Failure) -> Endpoint {
        try endpoints.endpoint(
            .s3, region: chain.region?.value, chain.region?.origin, partition: chain.partition, given: given)
    }

    /// The line or variable that sets the endpoint; nil if it comes from AWS's own table.
    package var endpointOrigin: Origin? { endpoints.urlOrigin(.sts) }

    private func role(of step: Int) -> RoleStep? {
        let index = chain.session == nil || step == Chain.sourceStep ? step : step - 1
        return index >= 0 ? chain.roles[index] : nil
    }

    /// The role that `step` assumes, and the name of its session; both nil if it assumes none.
    func roleSession(_ step: Int) -> (role: String?, session: String?) {
        guard let role = role(of: step) else { return (nil, nil) }
        return (role.roleARN.value, role.sessionName?.value ?? defaultSessionName)
    }

    /// The name of the stored key that the chain begins with.
    var keyName: String? { source.keyName }

    private var sourceProfile: String { source.owner ?? chain.profile }
}
