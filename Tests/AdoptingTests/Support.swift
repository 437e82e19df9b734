import Failures
import Foundation
import Profiles
import RoomSupport
import Setup

@testable import Adopting

let role = "arn:aws:iam::222222222222:role/R"
let alice = "[profile alice]\nmfa_serial = arn:aws:iam::111111111111:mfa/alice\n"
let prod = "[profile prod]\nrole_arn = \(role)\nsource_profile = alice\n"
let key = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\n"

/// What `adopt` did, and what it said.
struct Outcome {
    /// The config as it is then, or as it would be.
    let config: String
    let lines: [String]
    let failure: Failure?
    let changed: [String]

    /// What was said, and the failure's own words.
    var text: String {
        (lines + [failure.map { "warder: \($0.message)\nhint: \($0.hint)" } ?? ""]).joined(separator: "\n")
    }
}

extension TestHome {
    /// Adopts profiles; all where none is named.
    func adopt(_ names: String..., undo: Bool = false, dry: Bool = false) throws -> Outcome {
        let context = try context()
        let before = console.lines.count
        let old = try String(contentsOfFile: path + "/.aws/config", encoding: .utf8)
        var (new, changed) = (old, [String]())
        do throws(Failure) {
            let plan = try AdoptionPlan(
                context, ProfileLoading(context).profiles(), names: names.isEmpty ? nil : names, undoes: undo)
            changed = plan.changed
            if let config = plan.config { new = text(config.edited(plan.edits)) }
            if !dry { try? write(new, to: ".aws/config") }
            try plan.finish(isWritten: !dry)
        } catch {
            return Outcome(
                config: new, lines: Array(console.lines[before...]), failure: error, changed: changed)
        }
        return Outcome(config: new, lines: Array(console.lines[before...]), failure: nil, changed: changed)
    }

    /// The path of the config.
    var config: String { path + "/.aws/config" }
}

/// A home where this very program is found under the name of warder.
func warderHome(
    config: String = "", credentials: String = "", environment: [String: String] = [:]
) throws -> TestHome {
    let home = try TestHome(config: config, credentials: credentials, environment: environment)
    try FileManager.default.createDirectory(atPath: home.path + "/bin", withIntermediateDirectories: true)
    try home.link("bin/warder", to: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    home.set("PATH", home.path + "/bin:/usr/bin:/bin")
    return home
}
