import Crypto
import Foundation
import Secrets
import Testing

@Suite("Crypto: the memory of keys on P-256")
struct P256MemoryTests {
    /// Uses a key in every way; returns its scalar with all bits flipped, so that the test itself keeps no copy.
    private func used() throws -> [UInt8] {
        let made = try P256Key.generate()
        let key = try P256Key(pem: made.pem())
        for _ in 0..<20 { _ = try key.signature(of: SecretBytes("message")) }
        _ = try key.copy().publicPoint
        let scalar = key.scalarCopy()
        return (0..<scalar.count).map { ~scalar[$0] }
    }

    @Test("has no copy of one that is gone, in either order of bytes")
    func wiped() throws {
        let flipped = try used()
        #expect(try copies(flipped) == 0)
        #expect(try copies(flipped.reversed()) == 0)
        // A copy that is there is found.
        var kept = flipped.map { ~$0 }
        let found = try kept.withUnsafeMutableBytes { kept in
            let count = try copies(flipped)
            kept.initializeMemory(as: UInt8.self, repeating: 0)
            return count
        }
        #expect(found > 0)
    }

    /// How often the bytes whose flipped form this is occur in this process's writable memory.
    private func copies(_ flipped: [UInt8]) throws -> Int {
        let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
        let needle = UnsafeMutableRawBufferPointer.allocate(byteCount: flipped.count, alignment: 16)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        for index in flipped.indices { needle[index] = ~flipped[index] }
        defer {
            for own in [needle, buffer] {
                own.initializeMemory(as: UInt8.self, repeating: 0)
                own.deallocate()
            }
            close(memory)
        }
        var count = 0
        for line in try mappings().split(separator: "\n") {
            let words = line.split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard words[1].hasPrefix("rw"), ends.count == 2, ends[1] - ends[0] <= 1 << 30 else { continue }
            var next = ends[0]
            while next < ends[1] {
                let address = next
                let size = pread(memory, buffer.baseAddress, min(buffer.count, Int(ends[1] - address)), off_t(address))
                guard size > 0 else {
                    // Another test's thread gave this page back.
                    next = (address / 4096 + 1) * 4096
                    continue
                }
                let end = address + UInt(size)
                // Each part overlaps the one before it by the size of a scalar.
                next = end < ends[1] && size > needle.count ? end - UInt(needle.count) : end
                count += places(of: needle, in: UnsafeRawBufferPointer(rebasing: buffer[..<size])).count { offset in
                    ![needle, buffer].contains { own in
                        let start = UInt(bitPattern: own.baseAddress)
                        return (start..<start + UInt(own.count)).contains(address + UInt(offset))
                    }
                }
            }
        }
        return count
    }

    /// `/proc/self/maps`. The kernel gives it in parts, and its size as zero.
    private func mappings() throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps"))
        var text = Data()
        while let part = try file.read(upToCount: 1 << 16), !part.isEmpty { text.append(part) }
        return String(decoding: text, as: UTF8.self)
    }

    private func places(of needle: UnsafeMutableRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> [Int] {
        guard let base = bytes.baseAddress, let sought = needle.baseAddress else { return [] }
        var places: [Int] = []
        var start = 0
        while start + needle.count <= bytes.count,
            let hit = memchr(base + start, Int32(needle[0]), bytes.count - needle.count + 1 - start)
        {
            let place = UnsafeRawPointer(hit) - base
            if memcmp(hit, sought, needle.count) == 0 { places.append(place) }
            start = place + 1
        }
        return places
    }
}
