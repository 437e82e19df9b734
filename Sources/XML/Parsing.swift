import CExpat
import Secrets

extension Document {
    /// Parses a document in UTF-8.
    public init(parsing bytes: borrowing SecretBytes) throws(XMLError) {
        guard bytes.count <= Self.sizeLimit else { throw .tooLarge }
        guard (0..<bytes.count).contains(where: { bytes[$0] > 32 }) else { throw .empty }
        var builder = Builder(capacity: bytes.count)
        try builder.read(bytes)
        self = builder.document()
    }
}

/// Handles expat's events.
private struct Builder: ~Copyable {
    private var elements: [Document.Element] = []
    private var open: [Int] = []
    private var text: SecretBytes
    private var refusal: XMLError?
    private var parser: XML_Parser?

    init(capacity: Int) { text = SecretBytes(capacity: capacity) }

    mutating func read(_ bytes: borrowing SecretBytes) throws(XMLError) {
        var memory = WipedMemory.functions
        guard let parser = XML_ParserCreate_MM("UTF-8", &memory, nil) else { throw .outOfMemory }
        defer { XML_ParserFree(parser) }
        self.parser = parser
        let status = withUnsafeMutablePointer(to: &self) { builder in
            XML_SetUserData(parser, builder)
            setHandlers(of: parser)
            return bytes.withUnsafeBytes { bytes in
                XML_Parse(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), 1)
            }
        }
        self.parser = nil
        if let refusal { throw refusal }
        guard status == XML_STATUS_OK else {
            let code = XML_GetErrorCode(parser)
            if code == XML_ERROR_NO_MEMORY { throw .outOfMemory }
            let reason = XML_ErrorString(code).map { String(cString: $0) } ?? ""
            throw .malformed(reason: reason, line: Int(XML_GetCurrentLineNumber(parser)))
        }
    }

    consuming func document() -> Document { Document(elements: elements, text: text) }

    mutating func start(_ name: String) {
        guard open.count < Document.depthLimit else { return refuse { .tooDeep(line: $0) } }
        guard elements.count < Document.elementLimit else { return refuse { .tooManyElements(line: $0) } }
        if let parent = open.last, !elements[parent].hasChildren {
            elements[parent].hasChildren = true
            text.truncate(to: elements[parent].text.lowerBound)
            elements[parent].text = text.count..<text.count
        }
        let local =
            name.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1).last.map { String(Substring($0)) }
            ?? name
        open.append(elements.count)
        elements.append(
            Document.Element(
                name: local, index: elements.count, parent: open.dropLast().last ?? -1, text: text.count..<text.count))
    }

    /// expat may call it once more after being stopped, for an empty element.
    mutating func end() { _ = open.popLast() }

    mutating func take(_ piece: UnsafeRawBufferPointer) {
        guard let current = open.last, !elements[current].hasChildren else { return }
        text.append(piece)
        elements[current].text = elements[current].text.lowerBound..<text.count
    }

    mutating func declare(encoding: String) {
        if encoding.lowercased() != "utf-8" { refuse { _ in .encoding(encoding) } }
    }

    /// Stops expat, which then makes no more calls that could add to the document.
    mutating func refuse(_ error: (Int) -> XMLError) {
        guard let parser, refusal == nil else { return }
        refusal = error(Int(XML_GetCurrentLineNumber(parser)))
        XML_StopParser(parser, XML_Bool(0))
    }
}

private func setHandlers(of parser: XML_Parser) {
    XML_SetElementHandler(
        parser,
        { context, name, _ in
            guard let name else { return }
            builder(context)?.pointee.start(String(cString: name))
        },
        { context, _ in builder(context)?.pointee.end() })
    XML_SetCharacterDataHandler(parser) { context, bytes, count in
        builder(context)?.pointee.take(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }
    XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
        builder(context)?.pointee.refuse { .documentType(line: $0) }
    }
    XML_SetXmlDeclHandler(parser) { context, _, encoding, _ in
        guard let encoding else { return }
        builder(context)?.pointee.declare(encoding: String(cString: encoding))
    }
}

private func builder(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Builder>? {
    context?.assumingMemoryBound(to: Builder.self)
}
