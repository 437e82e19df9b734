import Foundation
import Secrets
import Testing

private func bytes(_ secret: borrowing SecretBytes) -> [UInt8] { secret.withUnsafeBytes { Array($0) } }

/// The `VmFlags` of the mapping that holds `address` (proc_pid_smaps(5)).
private func flags(at address: UInt) throws -> [Substring] {
    // `String(contentsOfFile:)` stops at the first page that the kernel gives.
    let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
    let smaps = String(decoding: try #require(try file.readToEnd()), as: UTF8.self)
    var inside = false
    for line in smaps.split(separator: "\n") {
        if let range = mapping(line) {
            inside = range.contains(address)
        } else if inside, line.hasPrefix("VmFlags:") {
            return line.dropFirst("VmFlags:".count).split(separator: " ")
        }
    }
    return []
}

/// The addresses that a line such as `7f00-7fff rw-p …` heads; nil for the lines below it.
private func mapping(_ line: Substring) -> Range<UInt>? {
    let ends = line.prefix { $0 != " " }.split(separator: "-").map { UInt($0, radix: 16) }
    guard ends.count == 2, let start = ends[0], let end = ends[1] else { return nil }
    return start..<end
}

/// The `VmFlags` of a secret's pages, read while it is lent: a secret goes after its last use.
private func flags(of secret: borrowing SecretBytes) throws -> [Substring] {
    try secret.withUnsafeBytes { try flags(at: UInt(bitPattern: $0.baseAddress)) }
}

@Suite("Secrets")
struct SecretBytesTests {
    @Test("is made empty, of zeros, of bytes, of text")
    func made() {
        let empty = SecretBytes(capacity: 0)
        #expect(empty.isEmpty && empty.count == 0 && empty.capacity > 0)
        #expect(bytes(SecretBytes(zeros: 5)) == [0, 0, 0, 0, 0])
        #expect(bytes(SecretBytes("é!")) == [0xC3, 0xA9, 0x21])
        let given: [UInt8] = [1, 2, 3]
        #expect(bytes(given.span.withUnsafeBytes { SecretBytes(copying: $0) }) == given)
        #expect(bytes(SecretBytes(copying: UnsafeRawBufferPointer(start: nil, count: 0))) == [])
    }

    @Test("keeps what it holds while it grows over its pages", arguments: [1, 4095, 4096, 4097, 8192, 70_000])
    func grows(size: Int) {
        let expected = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var one = SecretBytes(capacity: 1)
        for byte in expected { one.append(byte) }
        #expect(bytes(one) == expected)
        #expect(one.capacity >= size && one.capacity % 4096 == 0)
        var twice = one.copy()
        twice.append(one)
        #expect(bytes(twice) == expected + expected)
        #expect(bytes(one) == expected)
    }

    @Test("appends bytes, text, and other secrets, in order")
    func appends() {
        var joined = SecretBytes("a")
        joined.append("bé")
        joined.append(SecretBytes("c"))
        joined.append(UInt8(ascii: "d"))
        joined.append(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(bytes(joined) == Array("abécd".utf8))
        #expect(joined[0] == UInt8(ascii: "a") && joined[5] == UInt8(ascii: "d"))
    }

    @Test("what is cut off is wiped at once")
    func truncated() {
        var secret = SecretBytes(capacity: 64)
        secret.append("passphrase and the rest")
        secret.truncate(to: 10)
        #expect(bytes(secret) == Array("passphrase".utf8))
        let behind = secret.withUnsafeBytes { Array(UnsafeRawBufferPointer(start: $0.baseAddress, count: 23)[10...]) }
        #expect(behind == [UInt8](repeating: 0, count: 13))
        secret.truncate(to: 10)
        #expect(secret.count == 10)
        secret.truncate(to: 0)
        #expect(bytes(secret) == [])
        let all = secret.withUnsafeBytes { Array(UnsafeRawBufferPointer(start: $0.baseAddress, count: 10)) }
        #expect(all == [UInt8](repeating: 0, count: 10))
    }

    @Test("a copy of a part is its own")
    func copies() {
        var whole = SecretBytes("0123456789")
        let part = whole.copy(2..<5)
        #expect(bytes(part) == Array("234".utf8))
        #expect(bytes(whole.copy(4..<4)) == [])
        whole.withUnsafeMutableBytes { $0[2] = 0xFF }
        #expect(bytes(part) == Array("234".utf8))
        #expect(whole[2] == 0xFF)
    }

    @Test("lends its bytes as a span too")
    func span() {
        let secret = SecretBytes("abc")
        #expect(secret.withBytes { $0.byteCount } == 3)
        #expect(secret.withBytes { $0.unsafeLoad(fromByteOffset: 2, as: UInt8.self) } == UInt8(ascii: "c"))
    }

    @Test("an error in the closure comes out with its type")
    func throwing() {
        struct Refused: Error, Equatable {}
        func lend(_ secret: borrowing SecretBytes) throws(Refused) {
            try secret.withUnsafeBytes { (_) throws(Refused) in throw Refused() }
        }
        #expect(throws: Refused()) { try lend(SecretBytes("x")) }
    }

    @Test("its pages are left out of core dumps, before and after it has grown")
    func notDumped() throws {
        var secret = SecretBytes("x")
        #expect(try flags(of: secret).contains("dd"))
        secret.append(SecretBytes(zeros: 100_000))
        #expect(try flags(of: secret).contains("dd"))
    }

    @Test("its pages are locked in memory while the limit allows it")
    func locked() async throws {
        // The limit counts for the whole process, and tests beside this one hold secrets of megabytes for a moment.
        for _ in 0..<200 {
            let secret = SecretBytes("x")
            if try flags(of: secret).contains("lo") { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("no page was locked")
    }
}
