import Crypto
import Foundation
import Linux
import Secrets
import Testing
import Vault

private let keyfile = "what is in a key file, 36 bytes long"
private var soon: Deadline { .after(milliseconds: 5_000) }

private func opener(_ file: UnsafeRawBufferPointer) throws(VaultError) -> Vault {
    try Vault.open(file, keyfile: secret(keyfile))
}

/// A vault of the second generation, the copy of its first, and what is noted of it.
private struct Place: ~Copyable {
    let folder: String
    let file: VaultFile
    let path: String
    let note: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "vault-\(UUID().uuidString)").path
        path = folder + "/data/vault"
        file = VaultFile(path: path, stateFolder: folder + "/state")
        var vault = try Vault.create(random: .system)
        try vault.addKeyfileSlot(secret(keyfile), random: .system)
        try file.create(&vault, until: soon, random: .system)
        _ = try file.change(until: soon, random: .system, opener) { (_) throws(VaultError) in }
        note = folder + "/state/generation-" + vault.identifier.hex
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ text: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(filePath: note))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: note)
    }

    func failure() -> VaultFileError? {
        fileFailure { () throws(VaultFileError) in _ = try file.open(until: soon, opener) }
    }

    func noted() throws -> String { try String(contentsOfFile: note, encoding: .utf8) }
}

/// The error that `body` ends in; nil where it does not.
private func fileFailure(_ body: () throws(VaultFileError) -> Void) -> VaultFileError? {
    do throws(VaultFileError) {
        try body()
        return nil
    } catch { return error }
}

@Suite("Vault: older copies")
struct RollbackTests {
    @Test("an older generation is refused until it is accepted")
    func older() throws {
        let place = try Place()
        #expect(try place.noted() == "2\n")
        try FileManager.default.removeItem(atPath: place.path)
        try FileManager.default.copyItem(atPath: place.path + ".bak", toPath: place.path)
        #expect(place.failure() == .older(generation: 1, seen: 2, path: place.path))
        _ = try place.file.acceptOlder(until: soon, opener)
        #expect(try place.failure() == nil && place.noted() == "1\n")
    }

    @Test("a note that is not there is the first sight of a vault")
    func firstSight() throws {
        let place = try Place()
        try FileManager.default.removeItem(atPath: place.folder + "/state")
        #expect(try place.failure() == nil && place.noted() == "2\n")
    }

    @Test(
        "a note that is no number lets nothing through, and is left as it is",
        arguments: [
            "", "\n", "two\n", "-1\n", "+2\n", "2 \n", "2\n\n", "0x2\n", "99999999999999999999\n", "2\u{301}\n",
        ])
    func garbled(_ text: String) throws {
        let place = try Place()
        try place.write(text)
        #expect(place.failure() == .unknownGeneration(.garbled(path: place.note), path: place.path))
        #expect(try place.noted() == text)
        _ = try place.file.acceptOlder(until: soon, opener)
        #expect(try place.failure() == nil && place.noted() == "2\n")
    }

    @Test("a note that others may have written lets nothing through", arguments: [0o644, 0o620, 0o666])
    func exposed(_ mode: Int) throws {
        let place = try Place()
        try place.write("1\n", mode: mode)
        guard case .unknownGeneration(.file(.exposed(_, let found)), _) = place.failure() else {
            Issue.record("it is taken")
            return
        }
        #expect(found == UInt32(mode))
        #expect(try place.noted() == "1\n")
    }

    @Test("nor does a link, a folder, a file that is too long, or a folder that is none", arguments: 0..<4)
    func another(_ kind: Int) throws {
        let place = try Place()
        try FileManager.default.removeItem(atPath: place.note)
        switch kind {
        case 0: try FileManager.default.createSymbolicLink(atPath: place.note, withDestinationPath: "/nowhere")
        case 1: try FileManager.default.createDirectory(atPath: place.note, withIntermediateDirectories: false)
        case 2: try place.write(String(repeating: "1", count: 100))
        default:
            try FileManager.default.removeItem(atPath: place.folder + "/state")
            try Data().write(to: URL(filePath: place.folder + "/state"))
        }
        guard case .unknownGeneration = place.failure() else {
            Issue.record("it is taken")
            return
        }
    }

    @Test("a vault whose keys are renewed leaves no copy of before, and a note until all is done")
    func renewed() throws {
        let place = try Place()
        let before = try place.file.slots() ?? []
        let unfinished = VaultFile.UnfinishedRenewal(word: "2", slots: before)
        try place.file.note(unfinished)
        #expect(!unfinished.isBehind(before))
        let vault = try place.file.renew(until: soon, random: .system, opener) { (vault) throws(VaultError) in
            try vault.renewKeys(random: .system)
            try vault.addKeyfileSlot(secret(keyfile + " of now"), random: .system)
        }.get()
        #expect(try place.file.unfinishedRenewal() == unfinished && unfinished.isBehind(vault.slotSummaries))
        let names = try FileManager.default.contentsOfDirectory(atPath: place.folder + "/data").sorted()
        #expect(names == ["vault", "vault.lock", "vault.rekey"])
        try place.file.forgetRenewal()
        #expect(try place.file.unfinishedRenewal() == nil)
        #expect(try place.noted() == "3\n")
    }

    @Test("a renewal that cannot be written costs neither the vault nor the copy before")
    func unwritten() throws {
        let place = try Place()
        try FileManager.default.createDirectory(atPath: place.path + ".new/in", withIntermediateDirectories: true)
        let error = fileFailure { () throws(VaultFileError) in
            _ = try place.file.renew(until: soon, random: .system, opener) { (vault) throws(VaultError) in
                try vault.renewKeys(random: .system)
                try vault.addKeyfileSlot(secret(keyfile), random: .system)
            }
        }
        #expect(error != nil && place.failure() == nil)
        #expect(FileManager.default.fileExists(atPath: place.path + ".bak"))
    }
}
