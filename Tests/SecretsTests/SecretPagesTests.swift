import Foundation
import Testing

@testable import Secrets

/// Other tests use the same pages meanwhile: what holds must hold beside them.
@Suite("Pages for secrets")
struct SecretPagesTests {
    private func isZero(_ base: UnsafeMutableRawPointer, _ bytes: Int) -> Bool {
        UnsafeRawBufferPointer(start: base, count: bytes).allSatisfy { $0 == 0 }
    }

    @Test("a page is zero, whatever it held before")
    func zero() {
        for _ in 0..<200 {
            let (base, bytes) = SecretPages.map(atLeast: 1)
            #expect(bytes == SecretPages.size && isZero(base, bytes))
            base.initializeMemory(as: UInt8.self, repeating: 0xA5, count: bytes)
            SecretPages.unmap(base, bytes)
        }
    }

    /// Where a page is not kept, the kernel cannot read it (`EFAULT`), unless another thread maps one there that moment.
    @Test("a page that is given back stays mapped")
    func kept() throws {
        let pipe = Pipe()
        let readable = (0..<1000).count { _ in
            let (page, bytes) = SecretPages.map(atLeast: 1)
            SecretPages.unmap(page, bytes)
            var byte: UInt8 = 0
            let (input, output) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
            return write(output.fileDescriptor, page, 1) == 1 && read(input.fileDescriptor, &byte, 1) == 1
        }
        #expect(readable > 900)
    }

    @Test("no page is given to two", arguments: [1, 4, 5, 40])
    func distinct(count: Int) {
        let pages = (0..<count).map { _ in SecretPages.map(atLeast: 8).0 }
        #expect(Set(pages.map { UInt(bitPattern: $0) }).count == count)
        for (number, page) in pages.enumerated() { page.storeBytes(of: number + 1, as: Int.self) }
        for (number, page) in pages.enumerated() { #expect(page.load(as: Int.self) == number + 1) }
        for page in pages { SecretPages.unmap(page, SecretPages.size) }
    }

    @Test("more than a page is rounded up to whole ones, and zero", arguments: [4097, 8192, 100_000])
    func large(count: Int) {
        let (base, bytes) = SecretPages.map(atLeast: count)
        #expect(bytes >= count && bytes < count + SecretPages.size && bytes % SecretPages.size == 0)
        #expect(isZero(base, bytes))
        SecretPages.unmap(base, bytes)
    }

    @Test("threads take and give back pages at once, and no page is shared")
    func threads() {
        let threads = (0..<4).map { number in
            let thread = Thread {
                for round in 0..<2000 {
                    let (base, bytes) = SecretPages.map(atLeast: 16)
                    let mark = UInt64(number) << 32 | UInt64(round)
                    #expect(base.load(as: UInt64.self) == 0)
                    base.storeBytes(of: mark, as: UInt64.self)
                    #expect(base.load(as: UInt64.self) == mark)
                    SecretPages.unmap(base, bytes)
                }
            }
            thread.start()
            return thread
        }
        while !threads.allSatisfy(\.isFinished) { usleep(1000) }
    }

    /// A secret that is no longer needed leaves no byte in memory.
    @Test("a secret is wiped when it is given back")
    func wiped() throws {
        var address: UInt = 0
        do {
            let secret = SecretBytes("correct horse battery staple")
            secret.withUnsafeBytes { address = UInt(bitPattern: $0.baseAddress) }
            withExtendedLifetime(secret) {}
        }
        let page = try #require(UnsafeRawPointer(bitPattern: address))
        // The pages that are kept stay mapped; beyond those the page is gone, and cannot be read at all.
        let pipe = Pipe()
        defer { try? pipe.fileHandleForReading.close() }
        let written = write(pipe.fileHandleForWriting.fileDescriptor, page, 4096)
        try pipe.fileHandleForWriting.close()
        guard written > 0 else { return }
        let held = try pipe.fileHandleForReading.readToEnd() ?? Data()
        #expect(held.range(of: Data("horse".utf8)) == nil)
    }
}
