import Crypto
import Foundation
import Secrets
import Testing
import Vault

private let reader = testsFolder.appending(path: "VaultReader/vault_v1.py").path

/// Runs python3 with `arguments`, `input` on its standard input.
private func python(_ arguments: [String], input: String = "") throws -> (status: Int32, output: Data) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-B"] + arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, FileHandle.nullDevice)
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, output)
}

/// Whether the second reader can run here.
private let hasPython = (try? python(["-c", "import cryptography"]).status) == 0

@Suite("Vault: the second reader", .enabled(if: hasPython, "python3 with cryptography is not here"))
struct SecondReaderTests {
    @Test("reads what warder wrote, by passphrase and by code")
    func reads() throws {
        var vault = try Vault.create(random: .system)
        try vault.setPassphrase(secret("Yeoman Wärder\n"), cost: try #require(ScryptCost(logN: 15)), random: .system)
        let code = secretText(try vault.setRecoveryCode(random: .system))
        for index in 0..<9 {
            let summary = AccessKeySummary(
                name: try #require(KeyName("key-\(index)")), accessKeyID: "AKIAIOSFODNN7EXAMPLE",
                createdAt: UInt64(index) << 32, accountID: index % 2 == 0 ? "111111111111" : nil,
                principalARN: "arn:aws:iam::111111111111:user/bü\(index)", mfaSerial: index % 3 == 0 ? "GAHT1234" : nil)
            try vault.add(AccessKeyRecord(summary, secret: secret("wJalrXUtnFEMI/K7MDENG+\(index)")))
        }
        _ = try vault.seal(random: .system)
        try expect(vault.seal(random: .system), passphrase: "Yeoman Wärder\n", code: code, holds: vault.content())
    }

    @Test("reads what warder wrote over a vault with parts that warder does not know")
    func rewritten() throws {
        let vector = try #require(Vector.named("ok-unknown"))
        var vault = try vector.open(vector.bytes)
        let code = try #require(vector.recoveryCode)
        let file = try vault.seal(random: .system)
        let passphrase = "the ceremony of the keys"
        let shown = try expect(file, passphrase: passphrase, code: code, holds: vault.content())
        #expect(shown.contains("\"unknown_records\""))
        #expect(shown.contains("\"unknown\""))
    }

    @Test("reads warder's libsecret slots and key files, and the data key")
    func readsKeys() throws {
        let (key, contents) = ("0123456789abcdef0123456789abcdef", "a key file with a line end behind its text\n")
        var vault = try Vault.create(random: .system)
        try vault.addLibsecretSlot(secret(String(key.reversed())), random: .system)
        try vault.addLibsecretSlot(secret(key), random: .system)
        try vault.addKeyfileSlot(secret(contents), random: .system)
        let file = try File(vault.seal(random: .system))
        let path = file.path
        let content = try vault.content()
        for (option, input) in [("--libsecret", key), ("--keyfile", contents)] {
            let shown = try python([reader, "show", option, path], input: input)
            #expect(shown.status == 0)
            #expect(try Vector.decoder.decode(Vector.Content.self, from: shown.output) == content)
        }
        #expect(try python([reader, "show", "--keyfile", path], input: key).status == 1)
    }

    @Test("writes libsecret slots and key files that warder reads")
    func writesKeys() throws {
        let (key, contents) = ("0123456789abcdef0123456789abcdef", "a key file with a line end behind its text\n")
        var vault = try Vault.create(random: .system)
        try vault.setPassphrase(secret("pass"), cost: try #require(ScryptCost(logN: 15)), random: .system)
        let before = try File(vault.seal(random: .system))
        let keyFile = try File(Array(key.utf8))
        let contentsFile = try File(Array(contents.utf8))
        let one = try python([reader, "add", "--libsecret", keyFile.path, before.path], input: "pass")
        let between = try File(Array(one.output))
        let both = try python([reader, "add", "--keyfile", contentsFile.path, between.path], input: "pass")
        #expect(one.status == 0 && both.status == 0)
        let written = Array(both.output)
        let byKey = try Vault.open(written, libsecretKey: secret(key)).content()
        let byFile = try Vault.open(written, keyfile: secret(contents)).content()
        #expect(byKey == byFile && byKey.generation == 3 && byKey.slots == [1, 2, 3])
    }

    /// A file that goes with its owner.
    private struct File: ~Copyable {
        let path = FileManager.default.temporaryDirectory.appending(path: "vault-\(UUID().uuidString)").path

        init(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @discardableResult
    private func expect(
        _ file: [UInt8], passphrase: String, code: String, holds: Vector.Content
    ) throws -> String {
        let copy = try File(file)
        let path = copy.path
        let byPassphrase = try python([reader, "show", path], input: passphrase)
        let byCode = try python([reader, "show", "--recovery", path], input: code)
        #expect(byPassphrase.status == 0 && byCode.status == 0)
        #expect(byPassphrase.output == byCode.output)
        #expect(try Vector.decoder.decode(Vector.Content.self, from: byCode.output) == holds)
        return String(decoding: byCode.output, as: UTF8.self)
    }
}
