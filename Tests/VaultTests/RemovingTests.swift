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

/// A folder with a vault, its `.bak`, a `.replaced`, and what killed processes left of each.
private struct Place: ~Copyable {
    static let leftovers = [".bak", ".replaced", ".new", ".bak.new", ".replaced.new"]
    let folder: String
    let file: VaultFile
    let path: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "vault-\(UUID().uuidString)").path
        path = folder + "/data/vault"
        file = VaultFile(path: path, stateFolder: folder + "/state")
        var vault = try Vault.create(random: .system)
        try vault.addKeyfileSlot(secret(keyfile), random: .system)
        try file.create(&vault, until: soon, random: .system)
        for ending in Self.leftovers { try FileManager.default.copyItem(atPath: path, toPath: path + ending) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What there is at a moment.
    struct State: Equatable {
        var names: [String]
        /// Whether what is in the vault's place opens.
        var opens: Bool
    }

    static let whole = State(names: (["", ".lock"] + leftovers).map { "vault" + $0 }.sorted(), opens: true)
    static let gone = State(names: ["vault.lock"], opens: false)

    func state() throws -> State {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/data").sorted()
        return State(names: names, opens: (try? file.open(until: soon, opener)) != nil)
    }

    /// Puts a folder in the place of a file, which no `unlink` removes.
    func block(_ ending: String) {
        try? FileManager.default.removeItem(atPath: path + ending)
        try? FileManager.default.createDirectory(atPath: path + ending, withIntermediateDirectories: false)
    }

    /// What `retire` ends in.
    func retire(_ body: (borrowing Vault) -> Bool) -> Result<Bool, VaultFileError> {
        do throws(VaultFileError) { return .success(try file.retire(until: soon, opener, body)) } catch {
            return .failure(error)
        }
    }
}

/// The error that `body` ends in; nil where it does not.
private func fileFailure(_ body: () throws(VaultFileError) -> Void) -> VaultFileError? {
    do throws(VaultFileError) {
        try body()
        return nil
    } catch { return error }
}

@Suite("Vault: removing its files")
struct RemovingTests {
    @Test("a retired vault leaves nothing but its lock file")
    func retired() throws {
        let place = try Place()
        var generations: [UInt64] = []
        let before = try place.state()
        let result = place.retire { vault in
            generations.append(vault.generation)
            return true
        }
        let after = try place.state()
        #expect(before == Place.whole && result == .success(true) && after == Place.gone)
        #expect(generations == [1])
        let again = place.retire { _ in true }
        #expect(again == .failure(.absent(path: place.path)))
        let slots = try place.file.slots()
        #expect(slots == nil)
    }

    @Test("while its keys are moved every file is there, and where they could not be every file stays")
    func refused() throws {
        let place = try Place()
        var during: [String] = []
        let result = place.retire { _ in
            during = (try? FileManager.default.contentsOfDirectory(atPath: place.folder + "/data").sorted()) ?? []
            return false
        }
        let after = try place.state()
        #expect(result == .success(false) && after == Place.whole && during == Place.whole.names)
    }

    @Test("where the vault does not open, nothing is asked and nothing goes")
    func wrongKey() throws {
        let place = try Place()
        var asked = false
        let wrong: VaultOpener = { (file) throws(VaultError) in try Vault.open(file, keyfile: secret("\n" + keyfile)) }
        let error = fileFailure { () throws(VaultFileError) in
            _ = try place.file.retire(until: soon, wrong) { _ in
                asked = true
                return true
            }
        }
        let after = try place.state()
        #expect(error == .vault(.wrongPassphrase, path: place.path) && !asked && after == Place.whole)
    }

    @Test("stopped at a copy, the vault still opens and can be retired again", arguments: Place.leftovers)
    func stopped(at ending: String) throws {
        let place = try Place()
        place.block(ending)
        let result = place.retire { _ in true }
        guard case .failure(.file(.system(let error))) = result else {
            Issue.record("a folder was unlinked")
            return
        }
        #expect(error.call == "unlink" && error.path == place.path + ending)
        let between = try place.state()
        #expect(between.opens && between.names.contains("vault" + ending))
        try FileManager.default.removeItem(atPath: place.path + ending)
        let again = place.retire { _ in true }
        let after = try place.state()
        #expect(again == .success(true) && after == Place.gone)
    }

    @Test("stopped at the vault itself, no copy is there any more")
    func stoppedLast() throws {
        let place = try Place()
        let result = place.retire { _ in
            place.block("")
            return true
        }
        guard case .failure(.file(.system(let error))) = result else {
            Issue.record("a folder was unlinked")
            return
        }
        let after = try place.state()
        #expect(error.path == place.path && after.names == ["vault", "vault.lock"])
    }

    @Test("nobody else opens a vault while it is being retired")
    func locked() throws {
        let place = try Place()
        var other: VaultFileError?
        let result = place.retire { _ in
            other = fileFailure { () throws(VaultFileError) in
                _ = try place.file.open(until: .after(milliseconds: 20), opener)
            }
            return true
        }
        #expect(result == .success(true) && other == .lock(.timedOut(path: place.path + ".lock")))
    }

    @Test("renewed keys: the copy before opens by the old slot until it is dropped")
    func renewed() throws {
        let place = try Place()
        let before = try place.file.slots()
        #expect(before?.map(\.type) == [.keyfile])
        let vault = try place.file.change(until: soon, random: .system, opener) { (vault) throws(VaultError) in
            try vault.renewKeys(random: .system)
            try vault.addKeyfileSlot(secret(keyfile + " of now"), random: .system)
        }.get()
        let now = try place.file.slots()
        #expect(now == vault.slotSummaries && now != before && vault.generation == 2)
        let copy = try [UInt8](Data(contentsOf: URL(filePath: place.path + ".bak")))
        #expect(failure { () throws(VaultError) in _ = try Vault.open(copy, keyfile: secret(keyfile)) } == nil)
        let left = try place.file.dropPrevious()
        let dropped = try place.state()
        #expect(left == place.path + ".replaced" && !dropped.opens)
        #expect(!dropped.names.contains("vault.bak") && dropped.names.contains("vault"))
        try FileManager.default.removeItem(atPath: place.path + ".replaced")
        let nothingLeft = try place.file.dropPrevious()
        #expect(nothingLeft == nil)
    }

    /// A reason that is not the vault's.
    private struct Reason: Error, Equatable {}

    @Test(
        "a change that is refused leaves the vault and the copy before as they were, and says why",
        arguments: [false, true])
    func refused(_ renews: Bool) throws {
        let place = try Place()
        try Data("the copy before".utf8).write(to: URL(filePath: place.path + ".bak"))
        let before = try Data(contentsOf: URL(filePath: place.path))
        let body = { (vault: inout Vault) throws(Reason) in
            try? vault.removeSlots(.keyfile)
            throw Reason()
        }
        let change =
            renews
            ? try place.file.renew(until: soon, random: .system, opener, body)
            : try place.file.change(until: soon, random: .system, opener, body)
        var reason: Reason?
        do throws(Reason) { _ = try change.get() } catch { reason = error }
        let after = try Data(contentsOf: URL(filePath: place.path))
        let copy = try Data(contentsOf: URL(filePath: place.path + ".bak"))
        #expect(reason == Reason() && after == before && copy == Data("the copy before".utf8))
    }

    @Test("a change that cannot be sealed costs neither the vault nor the copy before")
    func unsealed() throws {
        let place = try Place()
        try Data("the copy before".utf8).write(to: URL(filePath: place.path + ".bak"))
        let error = fileFailure { () throws(VaultFileError) in
            _ = try place.file.change(until: soon, random: .system, opener) { (vault) throws(VaultError) in
                try vault.renewKeys(random: .system)
            }
        }
        let copy = try Data(contentsOf: URL(filePath: place.path + ".bak"))
        let after = try place.state()
        #expect(error == .vault(.noSlots, path: place.path))
        #expect(copy == Data("the copy before".utf8) && after.opens)
    }

    @Test("the slots of a vault that was cut short are not told")
    func unreadable() throws {
        let place = try Place()
        try Data(contentsOf: URL(filePath: place.path)).dropLast().write(to: URL(filePath: place.path))
        let error = fileFailure { () throws(VaultFileError) in _ = try place.file.slots() }
        #expect(error == .vault(.truncated, path: place.path))
    }
}
