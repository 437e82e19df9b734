import Secrets
import XML

/// A document keeps to its limits, and says the same once it is written down and read again.
@Sendable func fuzzXML(_ bytes: UnsafeRawBufferPointer) {
    let lines = bytes.reduce(1) { $1 == UInt8(ascii: "\n") || $1 == UInt8(ascii: "\r") ? $0 + 1 : $0 }
    do throws(XMLError) {
        let document = try Document(parsing: SecretBytes(input: bytes))
        var written = SecretBytes(capacity: 2 * bytes.count)
        let count = write(document, document.root, depth: 1, to: &written)
        require(count <= Document.elementLimit, "too many elements: \(count)")
        // Escapes may have made it too large.
        guard written.count <= Document.sizeLimit else { return }
        let again = required("a document that was written down is one") { () throws(XMLError) in
            try Document(parsing: written)
        }
        var twice = SecretBytes(capacity: written.count)
        _ = write(again, again.root, depth: 1, to: &twice)
        require(twice.array() == written.array(), "a document reads as it was written")
    } catch {
        switch error {
        case .malformed(_, let line), .documentType(let line), .tooDeep(let line), .tooManyElements(let line):
            require((1...lines).contains(line), "line \(line) of \(lines)")
        case .empty, .encoding, .tooLarge, .outOfMemory: break
        }
    }
}

/// Writes an element and what is in it; how many elements that are.
private func write(
    _ document: borrowing Document, _ element: Document.Element, depth: Int, to text: inout SecretBytes
) -> Int {
    require(depth <= Document.depthLimit, "too deep")
    text.append("<x:\(element.name)>")
    let children = document.children(of: element)
    let content = document.secret(element)
    require(children.isEmpty || content.isEmpty, "an element holds elements or text")
    for index in 0..<content.count { text.append(escaped(content[index])) }
    var count = 1
    for child in children {
        require(document.element(child.name, under: element) != nil, "a child is found by its name")
        count += write(document, child, depth: depth + 1, to: &text)
    }
    text.append("</x:\(element.name)>")
    return count
}

private func escaped(_ byte: UInt8) -> SecretBytes {
    switch byte {
    case UInt8(ascii: "<"): return SecretBytes("&lt;")
    case UInt8(ascii: ">"): return SecretBytes("&gt;")
    case UInt8(ascii: "&"): return SecretBytes("&amp;")
    case UInt8(ascii: "\r"): return SecretBytes("&#13;")
    default:
        var one = SecretBytes(capacity: 1)
        one.append(byte)
        return one
    }
}
