import Crypto
import Synchronization

/// Random bytes from a seed (SplitMix64): the same in each run, and no two buffers alike.
package func seededRandom(_ seed: UInt64 = 1) -> RandomSource {
    let generator = Generator(seed)
    return RandomSource { buffer in
        generator.fill(buffer)
        return true
    }
}

private final class Generator: Sendable {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) { state = Mutex(seed) }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        state.withLock { state in
            for index in buffer.indices {
                state &+= 0x9e37_79b9_7f4a_7c15
                var word = state
                word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
                word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
                buffer[index] = UInt8(truncatingIfNeeded: word ^ (word >> 31))
            }
        }
    }
}
