import Crypto
import Secrets
import Testing

@Suite("Crypto: random bytes")
struct RandomTests {
    @Test("the system's are as many as wanted, and other ones each time")
    func system() throws {
        #expect(try RandomSource.system.bytes(0).isEmpty)
        #expect(try RandomSource.system.bytes(32) != RandomSource.system.bytes(32))
        let (first, second) = (bytes(try RandomSource.system.secret(32)), bytes(try RandomSource.system.secret(32)))
        #expect(first.count == 32 && first != second)
    }

    /// Each byte of a buffer, of more than the kernel gives at once too. That one byte of a thousand is 0 in eight rounds
    /// happens once in 10^16 runs.
    @Test("both generators fill the whole buffer", arguments: [1, 32, 255, 256, 257, 1000])
    func whole(count: Int) {
        for fill in [fillFromKernel, fillFromLibrary] {
            var seen = [UInt8](repeating: 0, count: count)
            for _ in 0..<8 {
                var bytes = [UInt8](repeating: 0, count: count)
                let isFilled = bytes.withUnsafeMutableBytes(fill)
                #expect(isFilled)
                for index in seen.indices { seen[index] |= bytes[index] }
            }
            #expect(!seen.contains(0))
        }
    }

    @Test("a given source fills both kinds")
    func given() throws {
        let source = RandomSource { buffer in
            for index in buffer.indices { buffer[index] = UInt8(index) }
            return true
        }
        #expect(try source.bytes(4) == [0, 1, 2, 3])
        let secret = bytes(try source.secret(3))
        #expect(secret == [0, 1, 2])
    }

    @Test("a source that has none is an error")
    func none() {
        let source = RandomSource { _ in false }
        #expect(throws: CryptoError.refused("random bytes")) { try source.bytes(1) }
        #expect(throws: CryptoError.refused("random bytes")) { bytes(try source.secret(1)) }
    }
}
