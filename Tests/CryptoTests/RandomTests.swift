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
        #expect(throws: CryptoError.refused("RAND_priv_bytes")) { try source.bytes(1) }
        #expect(throws: CryptoError.refused("RAND_priv_bytes")) { bytes(try source.secret(1)) }
    }
}
