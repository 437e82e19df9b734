import Crypto
import Secrets
import Text

/// The meaning of a request to the listener.
enum Callback: ~Copyable {
    /// The authorization code.
    case code(SecretBytes)
    /// The user or the service declined (RFC 6749 section 4.1.2.1).
    case denied(SignInRefusal)
    /// Our own browser starts, and is redirected.
    case entered
    /// Any other request, with the HTTP status to answer it with.
    case foreign(status: Int)
}

/// Parses the head of a request (RFC 9112), up to and including its empty line.
///
/// Any process on this host can send one: another user's, or a page in a browser. A request without `state` does not
/// belong to our sign-in.
///
/// - Parameters:
///   - port: ours; a request that names another host was sent to another domain name (DNS rebinding).
///   - state: known only to our sign-in.
func readCallback(_ head: borrowing SecretBytes, port: UInt16, state: borrowing SecretBytes) -> Callback {
    let lineEnd = firstIndex(of: 13, in: head, 0..<head.count)
    guard let target = requestTarget(head, 0..<lineEnd) else { return .foreign(status: 400) }
    guard isEqual(head, 0..<target.lowerBound, "GET ") else { return .foreign(status: 405) }
    let pathEnd = firstIndex(of: UInt8(ascii: "?"), in: head, target)
    guard isEqual(head, target.lowerBound..<pathEnd, "/oauth/callback") else { return .foreign(status: 404) }
    guard pathEnd < target.upperBound, hasHost("127.0.0.1:\(port)", head, after: lineEnd) else {
        return .foreign(status: 400)
    }
    return readQuery(head, pathEnd + 1..<target.upperBound, state: state)
}

/// Whether it is a request for the page at `path`.
func isEntrance(_ head: borrowing SecretBytes, _ path: String, port: UInt16) -> Bool {
    let lineEnd = firstIndex(of: 13, in: head, 0..<head.count)
    guard let target = requestTarget(head, 0..<lineEnd), isEqual(head, 0..<target.lowerBound, "GET "),
        hasHost("127.0.0.1:\(port)", head, after: lineEnd)
    else { return false }
    var wanted = SecretBytes(capacity: path.utf8.count)
    wanted.append(path)
    return equals(head.copy(target), wanted)
}

private func readQuery(_ head: borrowing SecretBytes, _ query: Range<Int>, state: borrowing SecretBytes) -> Callback {
    guard let given = parameter("state", head, query), equals(given, state) else { return .foreign(status: 400) }
    if let code = parameter("error", head, query) {
        var secrets = SentSecrets()
        secrets.add(state)
        func shown(_ text: borrowing SecretBytes) -> String {
            secrets.shown(text).map { printable($0, limit: 300) } ?? ""
        }
        var message = ""
        if let description = parameter("error_description", head, query) { message = shown(description) }
        let name = shown(code)
        if secrets.areRepeated(across: [name, message]) {
            return .denied(SignInRefusal(code: "", message: "", status: 0))
        }
        return .denied(SignInRefusal(code: name, message: message, status: 0))
    }
    guard let code = parameter("code", head, query), !code.isEmpty, isVisible(code) else {
        return .foreign(status: 400)
    }
    return .code(code)
}

/// The value of the only parameter of this name, decoded (WHATWG URL, "application/x-www-form-urlencoded"); nil if
/// there is none, if there are several, or if it is malformed.
func parameter(_ name: StaticString, _ head: borrowing SecretBytes, _ query: Range<Int>) -> SecretBytes? {
    var found: SecretBytes?
    var start = query.lowerBound
    while start < query.upperBound {
        let end = firstIndex(of: UInt8(ascii: "&"), in: head, start..<query.upperBound)
        let nameEnd = firstIndex(of: UInt8(ascii: "="), in: head, start..<end)
        if nameEnd < end, isEqual(head, start..<nameEnd, name) {
            guard found == nil else { return nil }
            found = percentDecoded(head, nameEnd + 1..<end)
            guard found != nil else { return nil }
        }
        start = end + 1
    }
    return found
}

private func percentDecoded(_ text: borrowing SecretBytes, _ range: Range<Int>) -> SecretBytes? {
    var decoded = SecretBytes(capacity: range.count)
    var index = range.lowerBound
    while index < range.upperBound {
        switch text[index] {
        case UInt8(ascii: "+"): decoded.append(32)
        case UInt8(ascii: "%"):
            guard index + 2 < range.upperBound, let high = hexValue(text[index + 1]),
                let low = hexValue(text[index + 2])
            else { return nil }
            decoded.append(high << 4 | low)
            index += 2
        case let byte: decoded.append(byte)
        }
        index += 1
    }
    return decoded
}

private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
}

/// The range of the request line's target: between its two spaces, before the version.
private func requestTarget(_ head: borrowing SecretBytes, _ line: Range<Int>) -> Range<Int>? {
    let methodEnd = firstIndex(of: 32, in: head, line)
    guard methodEnd < line.upperBound else { return nil }
    let start = methodEnd + 1
    let end = firstIndex(of: 32, in: head, start..<line.upperBound)
    guard isEqual(head, end..<line.upperBound, " HTTP/1.1") || isEqual(head, end..<line.upperBound, " HTTP/1.0")
    else { return nil }
    return start..<end
}

/// Whether there is exactly one `Host` line, with the value `host`.
private func hasHost(_ host: String, _ head: borrowing SecretBytes, after start: Int) -> Bool {
    var hosts: [String] = []
    var start = start
    while start + 2 < head.count {
        let end = firstIndex(of: 13, in: head, start + 2..<head.count)
        // The other lines are not read: they may hold cookies of other servers on this host.
        if end - start > 7, isEqual(head, start + 2..<start + 7, "host:", ignoringCase: true) {
            hosts.append(head.text(start + 7..<end))
        }
        start = end
    }
    return hosts.count == 1 && hosts[0].utf8.drop { $0 == UInt8(ascii: " ") }.elementsEqual(host.utf8)
}

func equals(_ a: borrowing SecretBytes, _ b: borrowing SecretBytes) -> Bool {
    a.withUnsafeBytes { a in b.withUnsafeBytes { b in equalInConstantTime(a, b) } }
}

/// Whether it is entirely printable ASCII (RFC 6749 appendix A.11).
func isVisible(_ secret: borrowing SecretBytes) -> Bool {
    for index in 0..<secret.count where !(33...126).contains(secret[index]) { return false }
    return true
}

/// The first position of `byte` in `range`, or the range's end.
private func firstIndex(of byte: UInt8, in text: borrowing SecretBytes, _ range: Range<Int>) -> Int {
    for index in range where text[index] == byte { return index }
    return range.upperBound
}

private func isEqual(
    _ text: borrowing SecretBytes, _ range: Range<Int>, _ word: StaticString, ignoringCase: Bool = false
) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<range.count {
        let byte = text[range.lowerBound + index]
        let folded = ignoringCase && (65...90).contains(byte) ? byte | 0x20 : byte
        if folded != word.utf8Start[index] { return false }
    }
    return true
}
