import Secrets

@testable import TOTP

/// A seed that is read is the same once it was stored, and gives codes at any time.
@Sendable func fuzzSeed(_ bytes: UnsafeRawBufferPointer) {
    guard let seed = try? Seed(reading: SecretBytes(input: bytes)) else { return }
    require(Seed.secretSizes.contains(seed.secret.count), "a secret of \(seed.secret.count) bytes")
    require(seed.digits == 6 && Seed.periods.contains(seed.period), "what AWS does not take")
    let text = seed.text()
    let again = required("a seed that was stored is one") { () throws(TOTPError) in try Seed(reading: text) }
    require(again.secret.array() == seed.secret.array(), "a seed keeps its secret")
    require(again.hash == seed.hash && again.period == seed.period, "a seed keeps its parameters")
    for time in [Int64.min, -1, 0, 1_800_000_000, .max] {
        let code = required("a seed gives codes") { () throws(TOTPError) in try seed.code(at: time) }
        require(code.count == 6, "a code has six digits")
        let window = seed.window(at: time)
        require(window.contains(max(0, time)) || time == .max, "a moment lies in its window")
    }
}
