import Crypto
import Linux
import Secrets

@testable import Sessions

private let clocks = Clocks(wall: { 1_800_000_000 }, moment: { Deadline(milliseconds: 5_000_000) }, boot: { "boot" })

/// The file of a session, and what is in it once it was opened.
@Sendable func fuzzSession(_ bytes: UnsafeRawBufferPointer) {
    let input = SecretBytes(input: bytes)
    let key = SecretBytes(key: 7)
    _ = required("libcrypto opens") { () throws(CryptoError) in
        array(try SessionSeal.open(input, name: "name", cacheKey: key))
    }
    checkSeal(input, key)
    checkBeside(input)
    guard let session = try? Session(decoding: input) else { return }
    let text = required("a session can be stored") { try session.encoded() }
    let again = required("a session that was stored is one") { try Session(decoding: text) }
    require(again.label == session.label, "a session keeps its label")
    require(again.credentials.accessKeyID == session.credentials.accessKeyID, "a session keeps its key's ID")
    require(again.credentials.secret.array() == session.credentials.secret.array(), "a session keeps its secret")
    require(array(again.credentials.sessionToken) == array(session.credentials.sessionToken), "… its token")
    require(again.credentials.expiration == session.credentials.expiration, "a session keeps its end")
    require(again.credentials.accountID == session.credentials.accountID, "a session keeps its account")
    guard let offset = session.label.offset(clocks) else { return }
    let moved = again.by(offset)
    for freshness in [Freshness.ordinary, .longer(3600), .exactly(60)] {
        _ = moved.isServed(at: clocks.wall(), freshness)
    }
}

/// What else lies in the folder of the sessions, sealed as they are.
private func checkBeside(_ text: borrowing SecretBytes) {
    let now = clocks.moment()
    _ = try? SessionCache.keys(decoding: text, generation: 1)
    _ = SessionCache.codes(text).filter { $0.isRemembered(at: clocks.wall()) }
    guard let failure = try? SessionCache.failure(decoding: text, boot: "boot") else { return }
    for start in [Deadline(milliseconds: 0), now] {
        _ = failure.answers(waitingSince: start, lateness: 500, now: now) { _ in [1] }
    }
}

private func checkSeal(_ text: borrowing SecretBytes, _ key: borrowing SecretBytes) {
    let random = RandomSource { buffer in
        for index in buffer.indices { buffer[index] = 3 }
        return true
    }
    let file = required("libcrypto seals") { () throws(CryptoError) in
        try SessionSeal.seal(text, name: "name", cacheKey: key, random: random)
    }
    let sealed = file.span.withUnsafeBytes { SecretBytes(copying: $0) }
    let opened = required("libcrypto opens") { () throws(CryptoError) in
        array(try SessionSeal.open(sealed, name: "name", cacheKey: key))
    }
    require(opened == text.array(), "what was sealed opens")
}
