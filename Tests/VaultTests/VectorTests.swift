import Secrets
import Testing
import Vault

@Suite("Vault: vectors")
struct VectorTests {
    @Test("the vectors are all there and readable")
    func complete() throws {
        let folder = testsFolder.appending(path: "Vectors/vault")
        let files = try Vector.fileNames(in: folder)
        #expect(Vector.all.count == files.count)
        #expect(files.count > 180)
    }

    @Test("each file is judged as its vector says", arguments: Vector.all)
    func vector(_ vector: Vector) throws {
        do throws(VaultError) {
            let vault = try vector.open(vector.bytes)
            let content = try vault.content()
            #expect(vector.expect == "ok", "\(vector.description)")
            #expect(content == vector.holds, "\(vector.description)")
        } catch {
            #expect(name(of: error) == vector.expect, "\(vector.description)")
        }
    }

    @Test("what opens survives being sealed again", arguments: Vector.all.filter { $0.expect == "ok" })
    func rewritten(_ vector: Vector) throws {
        var vault = try vector.open(vector.bytes)
        guard vault.generation < Int64.max else { return }
        let (slots, records) = (vault.slots, hex(vault.records.bytes))
        let again = try vector.open(vault.seal(random: .system))
        #expect(again.slots == slots)
        #expect(hex(again.records.bytes) == records)
        var expected = vector.holds
        expected?.generation += 1
        let content = try again.content()
        #expect(content == expected)
    }

    @Test(
        "the header says without a key what the opened vault says", arguments: Vector.all.filter { $0.expect == "ok" })
    func header(_ vector: Vector) throws {
        let header = try vector.bytes.span.withUnsafeBytes { (file) throws(VaultError) in try VaultHeader(of: file) }
        let prefix = Array(vector.bytes.prefix(VaultHeader.prefixSize))
        let head = try prefix.span.withUnsafeBytes { (prefix) throws(VaultError) in
            try VaultHeader.head(ofPrefix: prefix)
        }
        #expect(header.identifier.hex == vector.holds?.id)
        #expect(header.generation == vector.holds?.generation)
        #expect(header.slots.map(\.type.rawValue) == vector.holds?.slots)
        let identifiers = header.slots.map { $0.identifier.isEmpty ? nil : $0.identifier }
        #expect(identifiers == vector.holds?.slotIdentifiers)
        #expect(head.identifier == header.identifier)
        #expect(head.generation == header.generation)
    }
}
