import Secrets
import Text

/// Takes a response as libcurl hands it over, and bounds it.
struct Receiver: ~Copyable {
    /// Bytes of a body at most. `CURLOPT_MAXFILESIZE` does not bound a chunked body, so the bound is here.
    static let bodyLimit = 256 * 1024
    /// Bytes of all headers at most.
    static let headerLimit = 64 * 1024

    private(set) var body = SecretBytes(capacity: 4096)
    private(set) var date: String?
    private(set) var contentType: String?
    private(set) var isTooLarge = false
    private var headerCount = 0

    /// Takes a piece of the body; false where it is too much.
    mutating func take(body piece: UnsafeRawBufferPointer) -> Bool {
        guard body.count + piece.count <= Self.bodyLimit else {
            isTooLarge = true
            return false
        }
        body.append(piece)
        return true
    }

    /// Takes a line of the header; false where it is too much.
    mutating func take(header line: UnsafeRawBufferPointer) -> Bool {
        headerCount += line.count
        guard headerCount <= Self.headerLimit else {
            isTooLarge = true
            return false
        }
        if starts(line, with: "http/") {
            // A response follows an interim one (100 Continue): what that one said is void.
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

/// Whether a line begins with `prefix`, which is in lower case, whatever its own case.
private func starts(_ line: UnsafeRawBufferPointer, with prefix: StaticString) -> Bool {
    guard line.count >= prefix.utf8CodeUnitCount else { return false }
    return (0..<prefix.utf8CodeUnitCount).allSatisfy { index in
        let byte = line[index]
        return ((65...90).contains(byte) ? byte | 0x20 : byte) == prefix.utf8Start[index]
    }
}

private func value(of line: UnsafeRawBufferPointer, after prefix: StaticString) -> String {
    let bytes = line.dropFirst(prefix.utf8CodeUnitCount)
    let trimmed = bytes.drop { $0 <= 32 }.reversed().drop { $0 <= 32 }.reversed()
    return printable(String(decoding: trimmed, as: UTF8.self), limit: 300)
}
