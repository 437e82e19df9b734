import Failures
import Foundation
import Issuing
import Linux
import Profiles
import RoomSupport
import STS
import Setup
import Stores
import Times

@testable import Explaining

let role = "arn:aws:iam::222222222222:role/R"
let device = "arn:aws:iam::111111111111:mfa/alice"

/// Profiles as a user of stored keys has them: `alice` is the key's, `prod` a role that is assumed with its session.
let usual = """
    [profile alice]
    region = eu-west-1
    mfa_serial = \(device)
    [profile prod]
    role_arn = \(role)
    source_profile = alice
    region = eu-west-1

    """

extension TestHome {
    /// What `explain` finds for a profile.
    func explanation(_ profile: String, _ narrowing: Narrowing = .none) throws(Failure) -> Explanation {
        try Explanation(Issuer(context(), profile: profile, code: nil, narrowing: narrowing))
    }

    /// What it prints.
    func tree(_ profile: String) throws(Failure) -> String {
        try explanation(profile).text(home: path, now: clock.now).text
    }

    /// The line of the tree that begins so, without that.
    func line(_ start: String, of profile: String) throws -> String {
        let line = try tree(profile).components(separatedBy: "\n").first { $0.hasPrefix(start) }
        return line.map { String($0.dropFirst(start.count)) } ?? ""
    }

    /// What `process` does, nobody being asked.
    func process(_ profile: String, code: String? = nil, _ narrowing: Narrowing = .none) -> Failure? {
        do throws(Failure) {
            let context = try context(noPrompt: true, isHelper: true)
            _ = try Issuer(context, profile: profile, code: code, narrowing: narrowing).credentials()
            return nil
        } catch { return error }
    }

    func unlock() throws { try Keys(context()).settle(unlockingFor: 120) }

    /// As after a reboot: nothing lies unlocked, and nothing was locked.
    func startAnew() throws { forgetUnlocked(Keys(try context())) }

    func lock() throws { _ = try Keys(context()).lock() }
}

/// The failure of `body`; nil where it goes well.
func failure(_ body: () throws(Failure) -> Void) -> Failure? {
    do throws(Failure) { try body() } catch { return error }
    return nil
}
