import Secrets
import Text

/// Collects a response as libcurl delivers it, up to a limit.
struct Receiver: ~Copyable {
    /// The most bytes of a body. `CURLOPT_MAXFILESIZE` does not limit a chunked body, so the limit is enforced here.
    static let bodyLimit = 256 * 1024
    /// The most bytes of all headers.
    static let headerLimit = 64 * 1024

    private(set) var body = SecretBytes(capacity: 4096)
    private(set) var date: String?
    private(set) var contentType: String?
    private(set) var isTooLarge = false
    private var headerCount = 0

    /// Adds a piece of the body; false if that exceeds the limit.
    mutating func take(body piece: UnsafeRawBufferPointer) -> Bool {
        guard body.count + piece.count <= Self.bodyLimit else {
            isTooLarge = true
            return false
        }
        body.append(piece)
        return true
    }

    /// Adds a header line; false if that exceeds the limit.
    mutating func take(header line: UnsafeRawBufferPointer) -> Bool {
        headerCount += line.count
        guard headerCount <= Self.headerLimit else {
            isTooLarge = true
            return false
        }
        if starts(line, with: "http/") {
            // Another response follows an interim one (100 Continue): discard the earlier headers.
            (date, contentType) = (nil, nil)
        } else if starts(line, with: "date:") {
            date = value(of: line, after: "date:")
        } else if starts(line, with: "content-type:") {
            contentType = value(of: line, after: "content-type:")
        }
        return true
    }

    consuming func response(status: Int) -> HTTPResponse {
        HTTPResponse(status: status, date: date, contentType: contentType, body: body)
    }
}

/// Whether a line begins with `prefix`, which is in lowercase; case is ignored.
private func starts(_ line: UnsafeRawBufferPointer, with prefix: StaticString) -> Bool {
    guard line.count >= prefix.utf8CodeUnitCount else { return false }
    return (0..<prefix.utf8CodeUnitCount).allSatisfy { index in
        let byte = line[index]
        return ((65...90).contains(byte) ? byte | 0x20 : byte) == prefix.utf8Start[index]
    }
}

private func value(of line: UnsafeRawBufferPointer, after prefix: StaticString) -> String {
    // By index: the runtime would take a million instructions to make the types of `drop` and `reversed` combined.
    var (start, end) = (prefix.utf8CodeUnitCount, line.count)
    while start < end, line[start] <= 32 { start += 1 }
    while start < end, line[end - 1] <= 32 { end -= 1 }
    return printable(String(decoding: line[start..<end], as: UTF8.self), limit: 300)
}
