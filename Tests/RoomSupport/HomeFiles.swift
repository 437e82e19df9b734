import Failures
import Foundation
import Setup

extension TestHome {
    /// What a new process here would stand on whose environment differs by `variables`.
    package func context(
        _ variables: [String: String], noPrompt: Bool = false, isHelper: Bool = false
    ) throws(Failure) -> Context {
        for (name, value) in variables { set(name, value) }
        defer { for name in variables.keys { set(name, name == "HOME" ? path : nil) } }
        return try context(noPrompt: noPrompt, isHelper: isHelper)
    }

    /// Makes a folder, 0700, with those above it.
    package func makeFolder(_ folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: path + "/" + folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// There is a file or a folder.
    package func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + file) }

    /// Changes a file's permission bits.
    package func setMode(_ mode: Int, of file: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + "/" + file)
    }

    /// A file's permission bits.
    package func mode(of file: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + file)
        return attributes[.posixPermissions] as? Int ?? -1
    }
}
