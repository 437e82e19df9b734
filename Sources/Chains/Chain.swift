import Profiles
import Text

/// What a profile resolves to: a source, then at most one session of its key, then roles, in order.
public struct Chain: Sendable {
    /// More profiles than these one behind the other are refused.
    public static let greatestDepth = 8

    /// The profile that was asked for.
    public let profile: String
    /// Where the first credentials come from.
    public let source: Source
    /// The session that the source's key is turned into before any role.
    public let session: SessionStep?
    /// The roles, in the order they are assumed. They may be changed, as a narrower policy on the command line does,
    /// before `identity(ofStep:endpoint:)` is asked for.
    public var roles: [RoleStep]
    /// The region of the profile, or of the nearest of its sources that has one.
    public let region: Setting?
    /// What the profile says about endpoints.
    public let endpoint: EndpointSettings
    /// The command that prints an MFA code: of the profile, or of the nearest of its sources that has one.
    public let mfaProcess: Setting?
    /// Who says yes before the credentials are given out.
    public let confirmation: Confirmation

    /// The index of the source among the steps: it comes before the first.
    public static let sourceStep = -1

    /// How many sets of credentials are made of the source's: the session, and one for each role.
    public var stepCount: Int { (session == nil ? 0 : 1) + roles.count }

    /// The region to work in: an environment's `AWS_REGION`, then its `AWS_DEFAULT_REGION`, beat the files, as they
    /// do in SDKs. A variable that is empty counts as not set.
    public func effectiveRegion(environment: (String) -> String?) -> String? {
        effective(region, environment)
    }

    /// The region that step `step`, `sourceStep` or below `stepCount`, is asked for in. That of the session depends on the source
    /// alone, so that all roles behind a key share one session.
    public func effectiveRegion(ofStep step: Int, environment: (String) -> String?) -> String? {
        effective(region(ofStep: step), environment)
    }

    /// The same as the files have it, whatever the environment says.
    public func region(ofStep step: Int) -> Setting? {
        if step == Self.sourceStep { return region }
        guard let session else { return roles[step].region }
        return step == 0 ? session.region : roles[step - 1].region
    }

    /// The partition (`aws`, `aws-cn`, …) that the first role, or else the MFA device, names. It tells where to send
    /// a step that has no region.
    public var partition: String? {
        let arn = roles.first?.roleARN.value ?? session?.mfa?.serial.value
        guard let fields = arn?.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2).map({ String(Substring($0)) }),
            fields.count == 3, fields[0] == "arn"
        else {
            return nil
        }
        return String(fields[1])
    }

    private func effective(_ setting: Setting?, _ environment: (String) -> String?) -> String? {
        if let region = environment("AWS_REGION"), !region.isEmpty { return region }
        if let region = environment("AWS_DEFAULT_REGION"), !region.isEmpty { return region }
        return setting?.value
    }
}

/// `GetSessionToken` with the source's key.
public struct SessionStep: Sendable {
    /// What `GetSessionToken` takes, in seconds.
    public static let durations = 900...129_600
    /// Where nothing is said: 12 hours.
    public static let defaultDuration = 43_200

    /// How long the session lives, in seconds, within `durations`.
    public let durationSeconds: Int
    /// The device whose code is sent with it.
    public let mfa: MFADevice?
    /// The region of the source's profile, if it has one.
    public let region: Setting?
}

/// An MFA device, named by a profile.
public struct MFADevice: Sendable, Equatable {
    /// The ARN of a virtual device, or the serial number of a hardware one.
    public let serial: Setting
}

/// A number of seconds, and where it was written.
public struct Seconds: Sendable, Equatable {
    /// The number.
    public let value: Int
    /// The line it is on.
    public let origin: Origin
}

/// One `AssumeRole`.
public struct RoleStep: Sendable {
    /// What `AssumeRole` takes, in seconds.
    public static let durations = 900...43_200
    /// What it takes at most where it is signed with a session's credentials, and where nothing is said.
    public static let chainedDuration = 3600

    /// The profile that names the role.
    public let profile: String
    /// The role.
    public let roleARN: Setting
    /// `role_session_name`; the caller makes one where there is none.
    public let sessionName: Setting?
    /// `external_id`.
    public let externalID: Setting?
    /// `duration_seconds`, within `durations`.
    public let duration: Seconds?
    /// `policy` or `policy_file`: what narrows the role.
    public var policy: SessionPolicy?
    /// `policy_arns`: managed policies that narrow the role.
    public var policyARNs: [Setting]
    /// `session_tags`, in the order they are written.
    public let sessionTags: [SessionTag]
    /// The line of `session_tags`.
    public let sessionTagsOrigin: Origin?
    /// `transitive_session_tags`: keys of `sessionTags` that go on to roles assumed from this one.
    public let transitiveTagKeys: [String]
    /// `source_identity`.
    public let sourceIdentity: Setting?
    /// The device whose code is sent with this `AssumeRole`; nil where the session before it has it, or there is none.
    public internal(set) var mfa: MFADevice?
    /// The region of the role's profile, or of the nearest of its sources that has one.
    public internal(set) var region: Setting?
}

/// A session policy, where it stands.
public enum SessionPolicy: Sendable, Equatable {
    /// The JSON text.
    case json(Setting)
    /// The path of a file that holds it. What it holds shapes the credentials: read it, and put it in place of this,
    /// before asking for an identity.
    case file(Setting)
}

/// A session tag.
public struct SessionTag: Sendable, Equatable {
    /// Its key, 1 to 128 characters.
    public let key: String
    /// Its value, up to 256 characters.
    public let value: String
}
