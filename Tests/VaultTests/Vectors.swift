import Foundation
import Secrets
import Testing
import Vault

/// A file of `Tests/Vectors/vault`: a vault, what is given to open it, and what a reader must make of that.
struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct Key: Decodable, Equatable, Sendable {
        var name: String
        var accessKeyId: String
        var secret: String
        var createdAt: UInt64
        var accountId: String?
        var principalArn: String?
        var mfaSerial: String?
        var totpSeed: String?
        var totpDevice: String?
        var rotation: String?
    }

    struct Content: Decodable, Equatable, Sendable {
        var id: String
        var generation: UInt64
        var slots: [UInt8]
        /// In the order of the slots; nil for types that are not known.
        var slotIdentifiers: [String?]
        var sessionCacheKey: String
        var accessKeys: [Key]
        /// Where logs began, by their identifiers.
        var logs: [String: String]?
    }

    var name = ""
    var description: String
    var passphraseHex: String?
    var recoveryCode: String?
    var libsecretKeyHex: String?
    var keyfileHex: String?
    var dataKeyHex: String?
    var expect: String
    var holds: Content?
    var file: Data

    private enum CodingKeys: CodingKey {
        case description, passphraseHex, recoveryCode, libsecretKeyHex, keyfileHex, dataKeyHex, expect, holds, file
    }

    var testDescription: String { name }
    var bytes: [UInt8] { Array(file) }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    static let all: [Vector] = {
        let folder = testsFolder.appending(path: "Vectors/vault")
        let decoder = Self.decoder
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.compactMap { file in
            guard let data = try? Data(contentsOf: file), var vector = try? decoder.decode(Vector.self, from: data)
            else { return nil }
            vector.name = file.deletingPathExtension().lastPathComponent
            return vector
        }
    }()

    static func named(_ name: String) -> Vector? { all.first { $0.name == name } }

    func open(_ bytes: [UInt8]) throws(VaultError) -> Vault {
        if let recoveryCode { return try Vault.open(bytes, recoveryCode: secret(recoveryCode)) }
        if let libsecretKeyHex { return try Vault.open(bytes, libsecretKey: secret(hex: libsecretKeyHex)) }
        if let keyfileHex { return try Vault.open(bytes, keyfile: secret(hex: keyfileHex)) }
        if let dataKeyHex { return try Vault.open(bytes, dataKey: secret(hex: dataKeyHex)) }
        return try Vault.open(bytes, passphrase: secret(hex: passphraseHex ?? ""))
    }
}

let testsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}

func secret(hex: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: hex.utf8.count / 2)
    var rest = Substring(hex)
    while let byte = UInt8(rest.prefix(2), radix: 16) {
        bytes.append(byte)
        rest = rest.dropFirst(2)
    }
    return bytes
}

func secretText(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

func hex(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension Vault {
    static func open(_ file: [UInt8], passphrase: borrowing SecretBytes) throws(VaultError) -> Vault {
        try file.span.withUnsafeBytes { (file) throws(VaultError) in try open(file, passphrase: passphrase) }
    }

    static func open(_ file: [UInt8], recoveryCode: borrowing SecretBytes) throws(VaultError) -> Vault {
        try file.span.withUnsafeBytes { (file) throws(VaultError) in try open(file, recoveryCode: recoveryCode) }
    }

    static func open(_ file: [UInt8], libsecretKey: borrowing SecretBytes) throws(VaultError) -> Vault {
        try file.span.withUnsafeBytes { (file) throws(VaultError) in try open(file, libsecretKey: libsecretKey) }
    }

    static func open(_ file: [UInt8], keyfile: borrowing SecretBytes) throws(VaultError) -> Vault {
        try file.span.withUnsafeBytes { (file) throws(VaultError) in try open(file, keyfile: keyfile) }
    }

    static func open(_ file: [UInt8], dataKey: borrowing SecretBytes) throws(VaultError) -> Vault {
        try file.span.withUnsafeBytes { (file) throws(VaultError) in try open(file, dataKey: dataKey) }
    }

    /// Everything in the vault that a vector states.
    borrowing func content() throws(VaultError) -> Vector.Content {
        var keys: [Vector.Key] = []
        for summary in try accessKeySummaries() {
            guard let record = try accessKey(named: summary.name) else { continue }
            var key = Vector.Key(
                name: summary.name.text, accessKeyId: summary.accessKeyID, secret: secretText(record.secret),
                createdAt: summary.createdAt, accountId: summary.accountID, principalArn: summary.principalARN,
                mfaSerial: summary.mfaSerial)
            switch record.totp {
            case .some(let totp): (key.totpSeed, key.totpDevice) = (secretText(totp.text), totp.device)
            case .none: break
            }
            switch record.rotationLine {
            case .some(let line): key.rotation = secretText(line)
            case .none: break
            }
            keys.append(key)
        }
        var logs: [String: String] = [:]
        try forEachLogSeal { value in
            if value.count >= 64 { logs[String(hex(value).prefix(32))] = hex(value) }
        }
        return Vector.Content(
            id: identifier.hex, generation: generation, slots: slotTypes.map(\.rawValue),
            slotIdentifiers: slotSummaries.map { $0.identifier.isEmpty ? nil : $0.identifier },
            sessionCacheKey: hex(try sessionCacheKey()), accessKeys: keys, logs: logs.isEmpty ? nil : logs)
    }
}

/// The class of error by the name that `docs/vault-format.md` gives it.
func name(of error: VaultError) -> String {
    switch error {
    case .notAVault: "not-a-vault"
    case .unknownVersion: "unknown-version"
    case .truncated: "truncated"
    case .damaged: "damaged"
    case .tooLarge: "too-large"
    case .unacceptableParameters: "unacceptable-parameters"
    case .wrongPassphrase: "wrong-passphrase"
    case .noSuchSlot: "no-such-slot"
    case .malformedRecoveryCode: "malformed-recovery-code"
    case .unusableKey: "unusable-key"
    case .unusableKeyfile: "unusable-keyfile"
    default: "\(error)"
    }
}

extension Vector {
    static func fileNames(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
    }
}
