import Secrets

@testable import Serving

private let token: StaticString = "hKb3y-example-token_of-43-characters-000000"

/// The parts of a head lie in it, hold no control character, and are all that a verdict rests on.
@Sendable func fuzzRequestHead(_ bytes: UnsafeRawBufferPointer) {
    let verdict = denial(of: SecretBytes(input: bytes), port: 4321, token: SecretBytes(token))
    guard let head = RequestHead(bytes) else {
        require(verdict == .malformed, "what is no head is malformed")
        return
    }
    require(verdict != .malformed, "a head is not malformed")
    require(bytes.suffix(4).elementsEqual([13, 10, 13, 10]), "a head ends in an empty line")
    for part in [head.method, head.target, head.host, head.authorization] {
        guard let part else { continue }
        require(part.lowerBound >= 0 && part.upperBound <= bytes.count, "a part lies in the head")
        require(!part.contains { bytes[$0] < 32 && bytes[$0] != 9 || bytes[$0] == 127 }, "a control character")
    }
    guard verdict == nil else { return }
    func says(_ part: Range<Int>?) -> String { String(decoding: bytes[part ?? 0..<0], as: UTF8.self) }
    require(says(head.method) == "GET" && says(head.target) == servedPath, "another request is answered")
    require(says(head.authorization) == token.description, "another token is taken")
}
