import Chains
import Linux
import Prompt
import Secrets
import Sessions
import STS

/// Makes the sessions of one chain, each step with what the step before it gave.
final class Minter {
    /// The region for programs that get the credentials: the profile's, since whoever changes the profile wants its
    /// region too, and the environment's may be left from the profile before. Nil where the profile names none.
    let region: String?

    private let keys: Keys
    private let chain: Chain
    private let codes: CodeSupply
    private let endpoints: Endpoints
    private let calls: Calls

    init(_ keys: Keys, _ chain: Chain, _ codes: CodeSupply) throws(Failure) {
        self.keys = keys
        self.chain = chain
        self.codes = codes
        let environment = keys.context.environment
        region = chain.region?.value
        endpoints = Endpoints(chain.endpoint, environment)
        calls = Calls(caBundle: endpoints.caBundle)
    }

    // MARK: - What a step is

    /// Everything that shapes the session of `step`.
    func identity(of step: Int) throws(Failure) -> [UInt8] {
        chain.identity(ofStep: step, endpoint: try endpoint(of: step).kind)
    }

    /// What a table says of the session of `step`.
    func label(of step: Int) -> SessionLabel {
        let role = role(of: step)
        let device = role == nil ? chain.session?.mfa : role?.mfa
        return SessionLabel(
            profile: role?.profile ?? sourceProfile, key: keyName, role: role?.roleARN.value,
            mfaDevice: device?.serial.value, issued: wallClock())
    }

    // MARK: - Making it

    /// What the chain begins with.
    func source() throws(Failure) -> Credentials {
        switch chain.source {
        case .storedKey(let name, _): return try keys.storedKey(name)
        case .plaintextKey(let key):
            guard let credentials = key.credentials() else {
                throw Failure(.badConfig, "\(chain.profile) has half a key", hint: "add aws_secret_access_key")
            }
            return credentials
        case .named(let source, let origin):
            throw Failure(unsupported: "credential_source = \(source.rawValue)", origin)
        case .webIdentity(let identity):
            throw Failure(unsupported: "web_identity_token_file", identity.tokenFile.origin)
        case .sso(let sso): throw Failure(unsupported: "IAM Identity Center", sso.startURL.origin)
        case .process(let command): throw Failure(unsupported: "another program's credential_process", command.origin)
        }
    }

    /// The longest session that STS gives, in seconds: 36 hours. An answer that claims more would never be renewed.
    private static let longest: Int64 = 129_600

    /// The session of `step`.
    ///
    /// - Parameter signer: gives what the request is signed with.
    func mint(_ step: Int, signer: () throws(Failure) -> Credentials) throws(Failure) -> Credentials {
        try minted(step, signer: signer).ending(by: wallClock() + Self.longest)
    }

    private func minted(_ step: Int, signer: () throws(Failure) -> Credentials) throws(Failure) -> Credentials {
        let endpoint = try endpoint(of: step)
        let signer = try signer()
        guard let role = role(of: step) else { return try session(endpoint, signer) }
        let request = request(role)
        return try withCode(of: role.mfa, doing: "assume \(role.roleARN.value)") { (mfa) throws(STSError) in
            try calls.sts(endpoint) { (client) throws(STSError) in
                try client.assumeRole(request, signedBy: signer, mfa: mfa)
            }
        }
    }

    /// Who AWS takes the credentials for.
    func callerIdentity(_ credentials: borrowing Credentials) throws(Failure) -> CallerIdentity {
        let endpoint = try endpoints.endpoint(.sts, region: region)
        let credentials = credentials.copy()
        do throws(STSError) {
            return try calls.sts(endpoint) { (client) throws(STSError) in
                try client.getCallerIdentity(signedBy: credentials)
            }
        } catch { throw Failure(error, doing: "ask who \(chain.profile) is") }
    }

    private func session(_ endpoint: Endpoint, _ signer: borrowing Credentials) throws(Failure) -> Credentials {
        let signer = signer.copy()
        let seconds = chain.session?.durationSeconds ?? SessionStep.defaultDuration
        let minted = try withCode(of: chain.session?.mfa, doing: "get a session for \(keyName ?? sourceProfile)") {
            (mfa) throws(STSError) in
            try calls.sts(endpoint) { (client) throws(STSError) in
                try client.getSessionToken(signedBy: signer, durationSeconds: seconds, mfa: mfa)
            }
        }
        // STS does not say whose account it is; the key's record may.
        return minted.with(account: signer.accountID)
    }

    private func request(_ role: RoleStep) -> AssumeRoleRequest {
        var request = AssumeRoleRequest(
            roleARN: role.roleARN.value, sessionName: role.sessionName?.value ?? defaultSessionName)
        request.durationSeconds = role.duration?.value
        request.externalID = role.externalID?.value
        if case .json(let policy) = role.policy { request.policy = policy.value }
        request.policyARNs = role.policyARNs.map(\.value)
        request.tags = role.sessionTags.map { STS.SessionTag(key: $0.key, value: $0.value) }
        request.transitiveTagKeys = role.transitiveTagKeys
        request.sourceIdentity = role.sourceIdentity?.value
        return request
    }

    /// What CloudTrail shows where the profile names nothing: the key. Without a time in it, so that the same profile
    /// is the same session.
    private var defaultSessionName: String {
        let allowed = (keyName ?? sourceProfile).unicodeScalars.filter {
            $0.isASCII
                && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "_+=,.@-".unicodeScalars.contains($0))
        }
        return String(("warder-" + String(String.UnicodeScalarView(allowed))).prefix(64))
    }

    // MARK: - The code

    /// Runs `work` with a code of `device`, if there is one. A wrong code is asked for once more where a person types.
    private func withCode(
        of device: Chains.MFADevice?, doing what: String,
        _ work: (borrowing MFACode?) throws(STSError) -> Credentials
    ) throws(Failure) -> Credentials {
        guard let serial = device?.serial.value else {
            do throws(STSError) { return try work(nil) } catch { throw Failure(error, doing: what) }
        }
        let source = codes.next(command: chain.mfaProcess?.value)
        var question = "MFA code of \(serial) for \(chain.profile): "
        var mayAskAgain = source.canAskAgain
        while true {
            let code = try code(source, question, serial)
            do throws(STSError) { return try work(code) } catch {
                guard case .wrongCode = error, mayAskAgain else { throw Failure(error, doing: what) }
                mayAskAgain = false
                question = "wrong code, or used before; the next MFA code of \(serial): "
            }
        }
    }

    private func code(_ source: CodeSource, _ question: String, _ serial: String) throws(Failure) -> MFACode? {
        let digits = try digits(source, question, serial)
        do throws(STSError) { return try MFACode(serialNumber: serial, code: digits) } catch {
            throw Failure(error, doing: "use the code")
        }
    }

    /// Six digits. A slip of somebody who types costs nothing, so it may be mended twice.
    private func digits(_ source: CodeSource, _ question: String, _ serial: String) throws(Failure) -> SecretBytes {
        var slips = 0
        while true {
            do throws(CodeError) {
                return try source.code(asking: slips == 0 ? question : "six digits, please; " + question)
            } catch {
                slips += 1
                guard error == .notACode, source.canAskAgain, slips < 3 else {
                    throw Failure(error, device: serial, profile: chain.profile)
                }
            }
        }
    }

    // MARK: - Parts of the chain

    private func endpoint(of step: Int) throws(Failure) -> Endpoint {
        let environment = keys.context.environment
        let region = chain.effectiveRegion(ofStep: step) { environment.nonEmpty($0) }
        return try endpoints.endpoint(.sts, region: region ?? regionOfPartition)
    }

    /// Where nothing names a region, outside of the partition `aws`: the one that the partition itself goes by. The
    /// global endpoint serves `aws` alone.
    private var regionOfPartition: String? {
        guard let name = chain.partition, name != "aws" else { return nil }
        return Partition(named: name)?.implicitGlobalRegion
    }

    private func role(of step: Int) -> RoleStep? {
        let index = chain.session == nil ? step : step - 1
        return index >= 0 ? chain.roles[index] : nil
    }

    private var keyName: String? {
        if case .storedKey(let name, _) = chain.source { name } else { nil }
    }

    private var sourceProfile: String {
        switch chain.source {
        case .storedKey(let name, _): name
        case .plaintextKey(let key): key.profile.name
        default: chain.profile
        }
    }
}
