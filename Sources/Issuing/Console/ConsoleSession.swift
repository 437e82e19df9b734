import Chains
import Failures
import Federating
import Linux
import Profiles
import STS
import Secrets
import Sessions
import Setup
import Stores
import Text

/// What the user wants of the console.
package struct ConsoleRequest {
    /// The profile to sign in as.
    package let profile: String
    /// A one-time code from the command line.
    package var code: String?
    /// The page to see.
    package var page = ConsolePage.start
    /// The region to look at; nil for the profile's.
    package var region: String?
    /// How long the console session lives, in seconds, within `durations`; nil for as long as the credentials.
    package var duration: Int?
    /// What the console session may do at most.
    package var policy = ConsolePolicy.none
    /// The seconds that the credentials must have left; nil for as many as usual.
    package var minimum: Int64?

    /// How long a console session can live.
    package static let durations = FederationClient.durations

    /// A request with all else as usual.
    package init(profile: String) { self.profile = profile }
}

/// One sign-in to the console with a profile's credentials.
package struct ConsoleSession {
    private let request: ConsoleRequest
    private let context: Context
    private let issuer: Issuer
    private let kind: ConsoleKind
    private let site: ConsoleSite
    private let destination: Destination
    private let policies: SessionPolicies

    /// Checks all that can be checked before AWS is asked.
    package init(_ context: Context, _ request: ConsoleRequest, givenOutBy command: String) throws(Failure) {
        self.context = context
        self.request = request
        do throws(Failure) {
            let keys = Keys(context)
            var chain = try ChainLoading(context, keys).chain(request.profile)
            kind = ConsoleKind(chain)
            site = try ConsoleSite(of: chain, context.environment)
            destination = try Destination(request, chain, context.environment, at: site)
            policies = try request.policy.policies(in: site.partition.name)
            if !request.policy.isNone, kind != .key, !(kind == .unknown && chain.roles.isEmpty) {
                chain = try chain.narrowed(to: policies)
            }
            issuer = try Issuer(
                context, chain: chain, keys: keys, codes: CodeSupply(given: request.code, keys: keys),
                freshness: request.minimum.map { .exactly($0) } ?? .ordinary, strict: request.minimum != nil,
                signIn: nil)
            issuer.command = command
            try checkDuration()
            if kind == .key { try checkFederation() }
        } catch {
            context.record(failure: error, profile: request.profile, by: command)
            throw error
        }
    }

    /// The URL that signs in to the console. The log says that the credentials were given out.
    package func loginURL() throws(Failure) -> SecretBytes {
        var url = SecretBytes(capacity: 0)
        _ = try issuer.givingOut { () throws(Failure) in
            var isFederated = false
            let credentials = try credentials(&isFederated)
            try refuseShort(credentials, isFederated: isFederated)
            let duration = isFederated ? nil : sentDuration
            url = site.loginURL(to: destination, with: try signInToken(credentials, lasting: duration))
            return credentials
        }
        return url
    }

    // MARK: - The credentials

    private var chain: Chain { issuer.chain }

    /// - Parameter isFederated: whether they are a federated user's.
    private func credentials(_ isFederated: inout Bool) throws(Failure) -> Credentials {
        if kind == .key {
            isFederated = true
            let key = try issuer.sessionMaker.sourceCredentials()
            return try federatedSession(key)
        }
        let credentials = try issuer.timely(issuer.credentials(of: chain.stepCount - 1))
        guard kind == .unknown, chain.roles.isEmpty else { return credentials }
        guard credentials.isSession else {
            try checkFederation()
            isFederated = true
            return try federatedSession(credentials)
        }
        // The policy of a session is set when it is made.
        guard request.policy.isNone else { throw Failure.notNarrowed(chain.profile) }
        return credentials
    }

    private func federatedSession(_ key: borrowing Credentials) throws(Failure) -> Credentials {
        let longest = issuer.rules.longestSession.map { Int($0) } ?? ConsoleRequest.durations.upperBound
        var wanted = FederationTokenRequest(
            name: String(issuer.sessionMaker.defaultSessionName.prefix(32)),
            durationSeconds: request.duration ?? min(longest, ConsoleRequest.durations.upperBound))
        (wanted.policy, wanted.policyARNs) = (policies.json, policies.arns)
        let session = try issuer.sessionMaker.federatedSession(wanted, signedBy: key)
        if chain.hasMFA { context.notices.add(Self.withoutMFA) }
        issuer.hasMinted = true
        issuer.record(.minted, of: Chain.sourceStep, session)
        return session
    }

    private static let withoutMFA =
        "this console session is without MFA, since GetFederationToken takes no code: what requires MFA is denied"

    // MARK: - Checks

    private func checkDuration() throws(Failure) {
        if let minimum = request.minimum {
            try context.policy().refuse(sessionsLasting: minimum, instead: "or leave --min-ttl out")
        }
        guard let duration = request.duration else { return }
        try context.policy().refuse(consoleLasting: duration)
        if kind == .chainedRole { throw Failure.durationOfChainedRole(chain.profile) }
    }

    /// Even a new session may be too short. A few seconds may have passed since it was made.
    private func refuseShort(_ credentials: borrowing Credentials, isFederated: Bool) throws(Failure) {
        guard let minimum = request.minimum, let end = credentials.end else { return }
        let left = end - context.now
        guard left + 60 < minimum else { return }
        guard !isFederated else {
            throw Failure.tooShortFederation(chain.profile, left: left, minimum: minimum)
        }
        throw Failure.tooShort(
            chain.profile, left: left, minimum: (minimum, spoken(seconds: minimum)), chain.sessionLimit,
            instead: "leave --min-ttl out")
    }

    /// Fails if no federated user can be made.
    private func checkFederation() throws(Failure) {
        if let rule = try context.policy().mfaRule {
            throw Failure(
                rule, forbids: "\(chain.profile) has no role, and a key's own console session takes no MFA code",
                hint: "use a profile with a role_arn")
        }
        guard !request.policy.isNone else {
            throw Failure.keyInConsole(chain.profile, partition: site.partition.name)
        }
        guard request.code == nil else { throw Failure.codeInFederation(chain.profile) }
    }

    // MARK: - The token

    private func signInToken(
        _ credentials: borrowing Credentials, lasting duration: Int?
    ) throws(Failure) -> SecretBytes {
        let calls = issuer.sessionMaker.calls
        calls.renewBudget()
        let copy = credentials.copy()
        do throws(FederationError) {
            return try calls.federation(site) { (client) throws(FederationError) in
                try client.signInToken(for: copy, lasting: duration)
            }
        } catch {
            let sent = duration == nil ? sentSession : request.duration == nil ? .bound : .duration
            throw Failure(error, profile: chain.profile, sent)
        }
    }

    /// What AWS has refused, where no duration may be the reason.
    private var sentSession: Failure.SentToConsole {
        // A role's session is of a kind that AWS accepts, whatever made its source.
        guard chain.roles.isEmpty else { return .session }
        switch chain.source {
        case .login: return .consoleSignIn
        case .sso: return .identityCenter
        default: return kind == .unknown ? .unknownSession : .session
        }
    }

    /// How long the console session should last; nil for as long as the credentials. A federated user's session has its
    /// own duration, and AWS accepts no other for it.
    private var sentDuration: Int? {
        if let duration = request.duration { return duration }
        guard let longest = issuer.rules.longestSession, chain.roles.isEmpty else { return nil }
        if case .webIdentity = chain.source { return nil }
        // warder cannot shorten the credentials themselves.
        // Nor need it bound a console sign-in's, which live for less than any bound.
        if case .login = chain.source { return nil }
        return min(Int(longest), ConsoleRequest.durations.upperBound)
    }
}

extension Credentials {
    fileprivate var isSession: Bool {
        switch sessionToken {
        case .some: true
        case .none: false
        }
    }
}

extension ConsoleSite {
    /// The site of a chain's account.
    fileprivate init(of chain: Chain, _ environment: Environment) throws(Failure) {
        let region = chain.effectiveRegion { environment.nonEmpty($0) } ?? chain.signInRegion
        let partition: Partition
        if let named = chain.namedPartition.flatMap({ Partition(named: $0) }) {
            partition = named
        } else {
            do throws(STSError) { partition = try Partition(region: region ?? "us-east-1") } catch {
                throw Failure(error, doing: "find the console").placed(at: chain.region?.origin, fault: "bad_value")
            }
        }
        do throws(FederationError) {
            try self.init(of: partition, endpoint: chain.endpoint.customSignInURL(environment))
        } catch { throw Failure(error, profile: chain.profile, .session) }
    }
}

extension Destination {
    fileprivate init(
        _ request: ConsoleRequest, _ chain: Chain, _ environment: Environment, at site: ConsoleSite
    ) throws(Failure) {
        /// The profile's region goes before the environment's, which may be left over from another profile.
        func ownRegion() -> String? {
            let known = chain.region?.value ?? chain.effectiveRegion { environment.nonEmpty($0) }
            guard let known, !known.ends(with: "-global"), (try? Partition(region: known)) == site.partition else {
                return nil
            }
            return known
        }
        do throws(DestinationError) {
            switch request.page {
            case .start: try self.init(nil, in: request.region ?? ownRegion(), at: site)
            case .service(let name): try self.init(name, in: request.region ?? ownRegion(), at: site)
            case .url(let page): try self.init(page: page, at: site)
            }
        } catch { throw Failure(error, request.page.given, region: request.region, in: site.partition.name) }
    }
}

extension ConsolePage {
    /// What the user wrote.
    fileprivate var given: String {
        switch self {
        case .start: ""
        case .service(let name): name
        case .url(let page): page
        }
    }
}
