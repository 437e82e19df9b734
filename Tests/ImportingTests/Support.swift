import Failures
import Foundation
import RoomSupport
import Setup

@testable import Importing

let role = "arn:aws:iam::222222222222:role/R"

/// The lines of a key whose secret tells its id.
func key(_ id: String = "AKIAALICE0000000") -> String {
    "aws_access_key_id = \(id)\naws_secret_access_key = secret-of-\(id)\n"
}

/// A home where this very program is found under the name of warder.
func warderHome(config: String = "", credentials: String = "") throws -> TestHome {
    let home = try TestHome(config: config, credentials: credentials)
    try home.makeFolder("bin")
    try home.link("bin/warder", to: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    home.set("PATH", home.path + "/bin:/usr/bin:/bin")
    return home
}

extension TestHome {
    func asking(_ name: String) -> String { "credential_process = \(path)/bin/warder process \(name)\n" }

    /// What `import` would do.
    func plan(_ names: String..., opening: Bool = true, adopts: Bool = false) throws(Failure) -> ImportPlan {
        var wishes = ImportPlan.Wishes()
        (wishes.names, wishes.adopts) = (names, adopts)
        return try work().plan(wishes, opening: opening)
    }

    func work() throws(Failure) -> KeyImport {
        KeyImport(try context(noPrompt: true), verifies: false, store: nil, mayAsk: false)
    }

    /// Imports.
    func importAll() throws(Failure) { _ = try work().carryOut(plan()) }
}
