import Crypto
import Secrets

@testable import Vault

/// A vault's file, which begins with `w`, or what is in one once it was decrypted.
@Sendable func fuzzVault(_ bytes: UnsafeRawBufferPointer) {
    if bytes.first == UInt8(ascii: "w") { checkFile(bytes) } else { _ = checkRecords(bytes) }
}

/// What is read without a key agrees with itself, and a file that nobody sealed does not open, though its HMAC be right.
private func checkFile(_ file: UnsafeRawBufferPointer) {
    let head = try? VaultHeader.head(ofPrefix: file)
    guard let layout = try? VaultLayout(of: file) else { return }
    require(layout.header.identifier == head?.identifier, "the prefix has the identifier of the header")
    require(layout.header.generation == head?.generation, "the prefix has the generation of the header")
    require(layout.header.slots.count == layout.slots.count, "each slot has a summary")
    require(layout.mac.upperBound == file.count, "the HMAC ends the file")
    for slot in layout.slots {
        if WrappedKey.bodySize(of: slot.type) == nil { continue }
        let key = required("a slot that was let through is well formed") { () throws(VaultError) in try WrappedKey(slot)
        }
        require(key.slot == slot, "a slot is put together as it was taken apart")
    }
    checkForgery(file, layout)
    // The fuzzer cannot encrypt: what stands in the place of the ciphertext is taken for what was in it.
    let plaintext = UnsafeRawBufferPointer(rebasing: file[layout.ciphertext].dropLast(AEAD.tagSize))
    guard let records = checkRecords(plaintext) else { return }
    let vault = Vault(
        identifier: layout.header.identifier, generation: layout.header.generation, slots: layout.slots,
        records: records, dataKey: SecretBytes(key: 9))
    checkSealing(vault)
}

private func checkForgery(_ file: UnsafeRawBufferPointer, _ layout: VaultLayout) {
    let dataKey = SecretBytes(key: 9)
    let mac = required("libcrypto authenticates") { () throws(CryptoError) in
        try hmacSHA256(
            key: Vault.macKey(dataKey, layout.header.identifier),
            UnsafeRawBufferPointer(rebasing: file[..<layout.mac.lowerBound]))
    }
    let forged = file[..<layout.mac.lowerBound] + mac
    do throws(VaultError) {
        _ = try forged.span.withUnsafeBytes { (file) throws(VaultError) in
            array(try Vault.open(file, dataKey: dataKey).sessionCacheKey())
        }
        require(false, "what nobody encrypted opens")
    } catch { require(error == .damaged, "a forgery is damaged, not \(error)") }
}

private func checkSealing(_ sealing: consuming Vault) {
    var vault = sealing
    let random = RandomSource { buffer in
        for index in buffer.indices { buffer[index] = 3 }
        return true
    }
    let generation = vault.generation
    do throws(VaultError) {
        let file = try vault.seal(random: random)
        let opened = try file.span.withUnsafeBytes { (file) throws(VaultError) in
            try Vault.open(file, dataKey: SecretBytes(key: 9))
        }
        require(opened.generation == generation + 1 && opened.slots == vault.slots, "a vault keeps its head")
        require(opened.records.bytes.array() == vault.records.bytes.array(), "a vault keeps its records")
    } catch { require(error == .lastGeneration, "what was sealed opens: \(error)") }
}

/// Records that are let through can be read, stored, replaced and removed one by one.
private func checkRecords(_ plaintext: UnsafeRawBufferPointer) -> Records? {
    guard let records = try? Records(plaintext: SecretBytes(copying: plaintext)) else { return nil }
    do throws(VaultError) {
        let padded = records.padded()
        require(padded.count % VaultLayout.paddingUnit == 0, "padding to \(padded.count) bytes")
        require(try Records(plaintext: padded).bytes.array() == records.bytes.array(), "records keep what they hold")
        require(try records.sessionCacheKeyValue().count == 32, "a session-cache key of another size")
        var rest = try Records(plaintext: records.bytes.copy())
        for summary in try records.summaries().prefix(6) {
            try checkRecord(records, summary)
            try rest.replace(record(rest, summary))
            require(try rest.summaries().last == summary, "a record that is replaced is the last")
            try rest.remove(summary.name)
            require(try !rest.contains(summary.name), "a record that was removed is there")
        }
        try rest.replaceSessionCacheKey(SecretBytes(key: 5))
        require(try rest.sessionCacheKeyValue().array() == SecretBytes(key: 5).array(), "a key is put in place")
        require(
            try rest.summaries() == records.summaries().dropFirst(6).map { $0 }, "the other records stay as they were")
    } catch { require(false, "records that were let through are in order: \(error)") }
    return records
}

private func checkRecord(_ records: borrowing Records, _ summary: AccessKeySummary) throws(VaultError) {
    let record = try record(records, summary)
    require(record.summary == summary, "a record says what its summary says")
    let fields = try record.fields()
    let again = try fields.withUnsafeBytes { (fields) throws(VaultError) in try AccessKeyRecord(fields: fields) }
    require(again.summary == summary, "a record keeps what may be shown")
    require(again.secret.array() == record.secret.array(), "a record keeps its secret")
    require(try again.fields().array() == fields.array(), "a record keeps what is not known")
}

private func record(_ records: borrowing Records, _ summary: AccessKeySummary) throws(VaultError) -> AccessKeyRecord {
    guard let record = try records.accessKey(named: summary.name) else { throw .noSuchKey(summary.name) }
    return record
}
