import Profiles
import Text

/// What a profile resolves to, in order: a source, at most one session of its key, and roles.
public struct Chain: Sendable {
    /// The longest permitted chain of profiles.
    public static let greatestDepth = 8

    /// The requested profile.
    public let profile: String
    /// Where the first credentials come from.
    public let source: Source
    /// The session to make from the source's key before any role.
    public let session: SessionStep?
    /// The roles, in the order in which they are assumed. They may be changed before calling
    /// `identity(ofStep:endpoint:)`, as a narrower policy on the command line does.
    public var roles: [RoleStep]
    /// The region of the profile, or of the nearest of its sources that has one.
    public let region: Setting?
    /// The profile's endpoint settings.
    public let endpoint: EndpointSettings
    /// The command that prints an MFA code: of the profile, or of the nearest of its sources that has one.
    public let mfaProcess: Setting?
    /// Whether a user must consent before the credentials are served.
    public let confirmation: Confirmation

    /// The chain of a stored key's own session with a code of `device`, for a key that no profile gives a device.
    ///
    /// - Parameters:
    ///   - origin: what says that the device is the key's.
    ///   - other: the chain of a profile that the key is used by; its region and endpoints apply.
    ///   - longest: how long the session lives at most.
    public static func session(
        ofKey name: String, device: String, _ origin: Origin, as other: Chain?, longest: Seconds? = nil
    ) -> Chain {
        let mfa = MFADevice(serial: Setting(value: device, origin: origin))
        return Chain(
            profile: name, source: .storedKey(name: name, origin: nil),
            session: SessionStep(
                SessionStep.defaultDuration, longest: longest, mfa: mfa,
                region: other?.session?.region ?? other?.region),
            roles: [], region: other?.region, endpoint: other?.endpoint ?? .none, mfaProcess: other?.mfaProcess,
            confirmation: .none)
    }

    /// Whether an MFA code goes into one of its steps.
    package var hasMFA: Bool { session?.mfa != nil || roles.contains { $0.mfa != nil } }

    /// The index of the source among the steps, before the first.
    public static let sourceStep = -1

    /// How many sets of credentials are made from the source's: the session, and one for each role.
    public var stepCount: Int { (session == nil ? 0 : 1) + roles.count }

    /// The region to work in: the environment's `AWS_REGION`, then `AWS_DEFAULT_REGION`, override the files, as in
    /// SDKs. An empty variable counts as unset.
    public func effectiveRegion(environment: (String) -> String?) -> String? {
        effective(region, environment)
    }

    /// The region of the request for `step`, which is `sourceStep` or less than `stepCount`. The session's depends only
    /// on the source, so that all roles of one key share one session.
    public func effectiveRegion(ofStep step: Int, environment: (String) -> String?) -> String? {
        effective(region(ofStep: step), environment)
    }

    /// The same by the files alone, ignoring the environment.
    public func region(ofStep step: Int) -> Setting? {
        if step == Self.sourceStep { return region }
        guard let session else { return roles[step].region }
        return step == 0 ? session.region : roles[step - 1].region
    }

    /// The partition (`aws`, `aws-cn`, …) in the ARN of the first role, or else of the MFA device or the login. It
    /// selects the endpoint for a step without a region.
    public var partition: String? {
        let arn = roles.first?.roleARN.value ?? session?.mfa?.serial.value ?? login?.session.value
        guard let fields = arn?.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2).map({ String(Substring($0)) }),
            fields.count == 3, fields[0] == "arn"
        else {
            return nil
        }
        return String(fields[1])
    }

    private var login: Login? {
        if case .login(let login) = source { login } else { nil }
    }

    private func effective(_ setting: Setting?, _ environment: (String) -> String?) -> String? {
        if let region = environment("AWS_REGION"), !region.isEmpty { return region }
        if let region = environment("AWS_DEFAULT_REGION"), !region.isEmpty { return region }
        return setting?.value
    }
}

/// `GetSessionToken` with the source's key.
public struct SessionStep: Sendable {
    /// The durations that `GetSessionToken` accepts, in seconds.
    public static let durations = 900...129_600
    /// The duration if none is configured: 12 hours.
    public static let defaultDuration = 43_200

    /// How long the session lives, in seconds, within `durations`.
    public let durationSeconds: Int
    /// What shortened it to that; nil if nothing did.
    package let shortening: Shortening?
    /// The device whose code is sent with the request.
    public let mfa: MFADevice?
    /// The region of the source's profile, if it has one.
    public let region: Setting?
}

extension SessionStep {
    /// - Parameter longest: how long the session lives at most.
    init(_ seconds: Int, longest: Seconds?, mfa: MFADevice?, region: Setting?) {
        shortening = Shortening(seconds, by: longest)
        durationSeconds = shortening?.bound.value ?? seconds
        self.mfa = mfa
        self.region = region
    }
}

/// A bound that made a session shorter.
package struct Shortening: Sendable {
    /// How long the session would live without it, in seconds.
    package let wanted: Int
    /// How long it lives, and the line that says so.
    package let bound: Seconds

    /// Nil if `seconds` are within the bound.
    init?(_ seconds: Int, by bound: Seconds?) {
        guard let bound, seconds > bound.value else { return nil }
        wanted = seconds
        self.bound = bound
    }
}

/// An MFA device that a profile names.
public struct MFADevice: Sendable, Equatable {
    /// The ARN of a virtual device, or the serial number of a hardware one.
    public let serial: Setting
}

/// A number of seconds, and where it is written.
public struct Seconds: Sendable, Equatable {
    /// The number.
    public let value: Int
    /// The line that it is on.
    public let origin: Origin

    /// A number, and the line that it is on.
    package init(value: Int, origin: Origin) {
        self.value = value
        self.origin = origin
    }
}

/// One `AssumeRole`.
public struct RoleStep: Sendable {
    /// The durations that `AssumeRole` accepts, in seconds.
    public static let durations = 900...43_200
    /// The longest duration for a role that is assumed with a session's credentials, and the default.
    public static let chainedDuration = 3600

    /// The profile that names the role.
    public let profile: String
    /// The role.
    public let roleARN: Setting
    /// `role_session_name`; the caller makes one if it is nil.
    public let sessionName: Setting?
    /// `external_id`.
    public let externalID: Setting?
    /// `duration_seconds`, within `durations`, or a bound that makes it shorter.
    public internal(set) var duration: Seconds?
    /// What shortened it; nil if nothing did.
    package internal(set) var shortening: Shortening?
    /// `policy` or `policy_file`: narrows the role.
    public var policy: SessionPolicy?
    /// `policy_arns`: managed policies that narrow the role.
    public var policyARNs: [Setting]
    /// `session_tags`, in the order in which they are written.
    public let sessionTags: [SessionTag]
    /// The line of `session_tags`.
    public let sessionTagsOrigin: Origin?
    /// `transitive_session_tags`: the keys of `sessionTags` that are passed on to roles assumed from this one.
    public let transitiveTagKeys: [String]
    /// `source_identity`.
    public let sourceIdentity: Setting?
    /// The device whose code is sent with this `AssumeRole`; nil if the session before it uses the device, or there is
    /// none.
    public internal(set) var mfa: MFADevice?
    /// The region of the role's profile, or of the nearest of its sources that has one.
    public internal(set) var region: Setting?
}

extension RoleStep {
    /// Shortens the session to a bound.
    mutating func keep(within longest: Seconds?) {
        shortening = Shortening(duration?.value ?? Self.chainedDuration, by: longest)
        if let shortening { duration = shortening.bound }
    }
}

/// A session policy, or the path of one.
public enum SessionPolicy: Sendable, Equatable {
    /// The JSON text.
    case json(Setting)
    /// The path of a file that holds it. The content shapes the credentials: read it, and replace this case with
    /// `json`, before asking for an identity.
    case file(Setting)
}

/// A session tag.
public struct SessionTag: Sendable, Equatable {
    /// Its key, 1 to 128 characters.
    public let key: String
    /// Its value, up to 256 characters.
    public let value: String
}
