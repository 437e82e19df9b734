import Failures
import Glibc
import Linux
import Profiles
import Setup
import Stores
import Text

/// The text of `--report`: what one needs to know of a machine to help, without secrets, account numbers, key IDs and
/// names of users.
package struct Handout {
    private let subject: Subject
    private let diagnosis: Diagnosis

    package init(_ subject: Subject, _ diagnosis: Diagnosis) {
        self.subject = subject
        self.diagnosis = diagnosis
    }

    /// The text, with each name replaced the same way throughout.
    package var text: String {
        var pseudonyms = Pseudonyms()
        for name in userNames { pseudonyms.add(name, as: "USER") }
        for name in hostNames { pseudonyms.add(name, as: "HOST") }
        let facts = facts.map { "\($0.name): \(printable(pseudonyms.applied(to: $0.value), limit: 400))\n" }.joined()
        // Before lines are wrapped: a name may have a space in it.
        let home = subject.home.map { pseudonyms.applied(to: $0) }
        let findings = diagnosis.mapped { pseudonyms.applied(to: $0) }
        return facts + "\n" + findings.text(home: home, isColoured: false).text
    }

    // MARK: - What it says

    private var facts: [(name: String, value: String)] {
        let machine = Machine.this
        return [
            ("warder", Version.inFull),
            ("system", "\(distribution), Linux \(machine.release), \(machine.architecture)"),
            ("shell", environment.nonEmpty("SHELL").map { lastPart(ofPath: $0) } ?? "not known"),
            ("store", store), ("profiles", profiles),
            ("variables", variables.isEmpty ? "none of AWS's or warder's" : variables.joined(separator: " ")),
        ]
    }

    private var environment: Environment { subject.context.environment }

    private var store: String {
        do throws(Failure) {
            guard let store = try subject.keys.store() else { return "none" }
            let opens = (try? store.opensByItself()).map {
                $0 ? ", opens without a prompt" : ", needs a prompt to open"
            }
            return store.kind.rawValue + (opens ?? "")
        } catch { return "not readable: \(error.message)" }
    }

    private var profiles: String {
        guard let profiles = try? subject.profiles.get() else { return "not readable" }
        let asking = profiles.profileNames.filter { (try? profiles.profile($0)?.asksWarder()) == true }
        return "\(profiles.profileNames.count), \(asking.count) of them ask warder"
    }

    /// The names alone: some of the values are secrets.
    private var variables: [String] {
        var names: [String] = []
        _ = Linux.variables { name in
            let isWanted = name.starts(with: "AWS_".utf8) || name.starts(with: "WARDER_".utf8)
            if isWanted { names.append(String(decoding: name, as: UTF8.self)) }
            return false
        }
        return names.sorted()
    }

    /// `PRETTY_NAME` of os-release(5).
    private var distribution: String {
        guard let file = try? readFile("/etc/os-release", limit: 65_536) else { return "an unknown system" }
        let text = file.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let line = text.split(separator: "\n").first { $0.begins(with: "PRETTY_NAME=") }
        return line.map { String($0.dropFirst(12)).filter { $0 != "\"" } } ?? "an unknown system"
    }

    // MARK: - What it does not say

    private var userNames: [String] {
        let home = subject.home.map { lastPart(ofPath: $0) }
        let known = [environment.nonEmpty("USER"), environment.nonEmpty("LOGNAME"), home, userName()]
        let all =
            known.compactMap { $0 }.flatMap(nameAndParts) + sessionNames + settings.flatMap(personalNames(in:))
            + texts.flatMap(personalNames(in:))
        return all.filter { !["", "root"].holds($0) }
    }

    /// All that the findings and notes say.
    private var texts: [String] {
        var texts: [String] = []
        _ = diagnosis.mapped { text in
            texts.append(text)
            return text
        }
        return texts
    }

    private var hostNames: [String] {
        let name = Machine.this.name
        return [name, name.split(separator: ".").first.map(String.init) ?? ""].filter { !["", "localhost"].holds($0) }
    }

    /// The names that the profiles give to sessions of roles: as a rule, the user's.
    private var sessionNames: [String] { values(of: ["role_session_name", "warder_role_session_name"]) }

    /// Settings whose values name a user.
    private var settings: [String] { values(of: ["mfa_serial", "warder_mfa_serial"]) }

    private func values(of keys: [String]) -> [String] {
        guard let profiles = try? subject.profiles.get() else { return [] }
        return subject.names.flatMap { name in
            let profile = profiles.profile(name)
            return keys.compactMap { try? profile?.setting($0)?.value }
        }
    }
}
