import Crypto
import Secrets
import Testing
import Vault

@Suite("Vault: where logs began")
struct LogSealTests {
    private func vault() throws -> Vault {
        let vector = try #require(Vector.named("ok-log"))
        return try vector.open(vector.bytes)
    }

    private func values(_ vault: borrowing Vault) throws -> [String] {
        var values: [String] = []
        try vault.forEachLogSeal { values.append(hex($0)) }
        return values
    }

    @Test("a value takes the place of those that it replaces, and of no other")
    func replaced() throws {
        var vault = try vault()
        let before = try values(vault)
        #expect(before.count == 4)
        try vault.putLogSeal(secret("new")) { hex($0) == before[1] }
        #expect(try values(vault) == [before[0], before[2], before[3], hex(secret("new"))])
        try vault.putLogSeal(secret("newer")) { hex($0) == hex(secret("new")) || $0.count == 63 }
        #expect(try values(vault) == [before[0], before[3], hex(secret("newer"))])
        try vault.putLogSeal(secret("one more")) { _ in false }
        #expect(try values(vault).count == 4)
    }

    @Test("renewing the keys keeps them, and so does sealing")
    func renewed() throws {
        var vault = try vault()
        let before = try values(vault)
        try vault.renewKeys(random: .system)
        #expect(try values(vault) == before)
        let code = try vault.setRecoveryCode(random: .system)
        let sealed = try vault.seal(random: .system)
        let again = try Vault.open(sealed, recoveryCode: code)
        #expect(try values(again) == before)
    }
}
