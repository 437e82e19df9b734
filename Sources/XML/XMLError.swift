/// Why bytes are not a document that warder accepts. Lines count from 1.
public enum XMLError: Error, Equatable, Sendable {
    /// Nothing but white space.
    case empty
    /// Not well-formed; expat's own message.
    case malformed(reason: String, line: Int)
    /// A document type declaration, which no AWS service sends, and which can define entities that expand without
    /// limit.
    case documentType(line: Int)
    /// The declaration names an encoding other than UTF-8.
    case encoding(String)
    /// Elements nested deeper than `Document.depthLimit`.
    case tooDeep(line: Int)
    /// More elements than `Document.elementLimit`.
    case tooManyElements(line: Int)
    /// More than 256 KiB.
    case tooLarge
    /// expat ran out of memory.
    case outOfMemory
}
