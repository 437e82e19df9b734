import CCurl
import Secrets
import Text

/// The headers of a request in libcurl's form, in memory that warder wipes: `curl_slist_append` would copy each into
/// memory that is never wiped.
struct HeaderLines: ~Copyable {
    private var text = SecretBytes(capacity: 4096)
    private var offsets: [Int] = []

    init(_ request: borrowing HTTPRequest) throws(TransportError) {
        for header in request.headers {
            guard isToken(header.name), header.value.utf8.allSatisfy({ isFieldByte($0) }) else {
                throw .malformedHeader(name: printable(header.name, limit: 300))
            }
            offsets.append(text.count)
            text.append(header.name + ": " + header.value + "\0")
        }
        switch request.secretHeader {
        case .some(let header):
            guard isToken(header.name), (0..<header.value.count).allSatisfy({ isFieldByte(header.value[$0]) })
            else { throw .malformedHeader(name: printable(header.name, limit: 300)) }
            offsets.append(text.count)
            text.append(header.name + ": ")
            text.append(header.value)
            text.append(0)
        case .none: break
        }
        // A header without a value removes libcurl's own: this one avoids a second round trip before the body.
        offsets.append(text.count)
        text.append("Expect:\0")
    }

    /// Lends the lines as a list that is valid during the call.
    borrowing func withList<R: ~Copyable>(_ body: (UnsafePointer<warder_curl_slist>?) -> R) -> R {
        text.withUnsafeBytes { text in
            withUnsafeTemporaryAllocation(of: warder_curl_slist.self, capacity: offsets.count) { nodes in
                for (index, offset) in offsets.enumerated() {
                    let line = text.baseAddress.map { $0 + offset }
                    let next = index + 1 < offsets.count ? nodes.baseAddress.map { $0 + index + 1 } : nil
                    nodes.initializeElement(
                        at: index,
                        to: warder_curl_slist(
                            data: UnsafeMutablePointer(mutating: line?.assumingMemoryBound(to: CChar.self)), next: next)
                    )
                }
                return body(UnsafePointer(nodes.baseAddress))
            }
        }
    }
}

/// RFC 9110 section 5.6.2, limited to characters that header names in use contain.
private func isToken(_ name: String) -> Bool {
    !name.isEmpty
        && name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_")
        }
}

/// RFC 9110 section 5.5: no control characters.
private func isFieldByte(_ byte: UInt8) -> Bool { byte == 9 || (byte >= 32 && byte != 127) }
