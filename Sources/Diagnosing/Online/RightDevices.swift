import Chains
import Failures
import Issuing
import STS
import Secrets
import Stores
import Text
import Vault

/// Whether the MFA devices that profiles name belong to the users of their keys.
enum RightDevices: OnlineCheck {
    static func run(_ subject: OnlineSubject, _ diagnosis: inout Diagnosis) {
        var unchecked = Unchecked("mfa_unchecked", "the MFA device of", "the MFA devices of")
        for (name, first) in subject.storedKeys {
            guard let user = subject.users[name], !user.ends(with: ":root") else { continue }
            let profiles = subject.profiles.filter { $0.issuer.sessionMaker.source.keyName == name }
            guard !profiles.flatMap(\.devices).isEmpty else { continue }
            guard !subject.time.isUp else {
                unchecked.addUntimely(name)
                continue
            }
            do throws(Failure) {
                let listed = try subject.time.measured { () throws(Failure) in
                    try devices(ofKey: name, first, profiles, subject)
                }
                for device in profiles.flatMap(\.devices) {
                    report(device, of: user, name, listed.result, listed.milliseconds, &diagnosis)
                }
            } catch { unchecked.add(name, error, subject) }
        }
        unchecked.report(&diagnosis)
    }

    /// The devices of the user of a key, by the key itself or, where a policy asks for MFA, by a cached session.
    private static func devices(
        ofKey name: String, _ profile: OnlineProfile, _ others: [OnlineProfile], _ subject: OnlineSubject
    ) throws(Failure) -> [String] {
        let calls = try KeyCalls(subject.context, profile.chain)
        let key = try subject.keys.storedKey(name)
        do throws(STSError) { return try listed(calls, key) } catch {
            guard case .accessDenied = error, let other = others.first(where: { $0.chain.session?.mfa != nil }),
                let session = try? other.issuer.sessionCredentials()
            else { throw Failure(error, doing: "list the MFA devices of \(name)") }
            do throws(STSError) { return try listed(calls, session) } catch {
                throw Failure(error, doing: "list the MFA devices of \(name)")
            }
        }
    }

    private static func listed(_ calls: KeyCalls, _ signer: borrowing Credentials) throws(STSError) -> [String] {
        let signer = signer.copy()
        return try calls.iam { (client) throws(STSError) in
            try client.listMFADevices(signedBy: signer).map(\.serialNumber)
        }
    }

    private static func report(
        _ device: MFADevice, of user: String, _ key: String, _ listed: [String], _ milliseconds: Int64,
        _ diagnosis: inout Diagnosis
    ) {
        switch DeviceVerdict(device.serial.value, among: listed) {
        case .right:
            diagnosis.add(
                Remark(
                    "mfa_device_listed", at: device.serial.origin.place,
                    "\(device.serial.value) belongs to \(user) (listed in \(milliseconds) ms)",
                    milliseconds: milliseconds))
        case .wrong(let other):
            let remedy = SettingEdit.write("mfa_serial", other, at: device.serial.origin)
            diagnosis.add(
                Finding(
                    "mfa_device_wrong", .broken, at: device.serial.origin.place,
                    "\(device.serial.value) is not an MFA device of \(user)",
                    why: "AWS refuses its codes; the user's device is \(other)",
                    .run(remedy ?? "warder explain \(operand(key))")))
        case .none:
            diagnosis.add(
                Finding(
                    "mfa_device_missing", .broken, at: device.serial.origin.place,
                    "\(user) has no MFA device that gives codes, but the profile names \(device.serial.value)",
                    why: "AWS refuses every code for a device that is not registered",
                    .run(SettingEdit.remove("mfa_serial", at: device.serial.origin))))
        }
    }
}

/// What the list of a user's devices says of the one that a profile names.
enum DeviceVerdict: Equatable {
    case right
    /// Not this one, but this other one.
    case wrong(right: String)
    /// The user has none that gives codes.
    case none

    /// STS takes codes of virtual and hardware devices, and FIDO security keys give none.
    init(_ serial: String, among listed: [String]) {
        let usable = listed.filter { !$0.includes(":u2f/") }
        if usable.contains(where: { $0.isSame(as: serial) }) {
            self = .right
        } else if let other = usable.first(where: { Self.name($0) == Self.name(serial) }) ?? usable.first {
            self = .wrong(right: other)
        } else {
            self = .none
        }
    }

    private static func name(_ serial: String) -> String {
        serial.split(separator: "/").last.map(String.init) ?? serial
    }
}

extension OnlineProfile {
    /// The devices whose codes its chain needs.
    var devices: [MFADevice] { ([chain.session?.mfa] + chain.roles.map(\.mfa)).compactMap { $0 } }
}
