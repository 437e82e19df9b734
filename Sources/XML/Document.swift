import Secrets
import Text

/// An XML document as AWS services write them: elements that hold either elements or text. Text beside elements, which
/// is white space there, is dropped, and so are attributes, comments and processing instructions.
///
/// Session tokens and keys arrive in it, so all its text lies in one `SecretBytes`.
public struct Document: ~Copyable, Sendable {
    /// Elements within elements at most.
    public static let depthLimit = 32
    /// Elements in all at most.
    public static let elementLimit = 2000
    /// Bytes of a document at most.
    public static let sizeLimit = 256 * 1024

    /// An element of one document.
    public struct Element: Equatable, Sendable {
        /// The name without its namespace prefix.
        public let name: String
        let index: Int
        let parent: Int
        var text: Range<Int>
        var hasChildren = false
    }

    /// In the order of their start tags; the root is the first.
    let elements: [Element]
    private let text: SecretBytes

    init(elements: [Element], text: consuming SecretBytes) {
        self.elements = elements
        self.text = text
    }

    /// The outermost element.
    public var root: Element { elements[0] }

    /// The elements directly inside `element`.
    public borrowing func children(of element: Element) -> [Element] {
        elements.filter { $0.parent == element.index }
    }

    /// The first element that the names lead to, one level a name, from below `start` or the root.
    public borrowing func element(_ path: String..., under start: Element? = nil) -> Element? {
        var found = start ?? root
        for name in path {
            guard let next = children(of: found).first(where: { $0.name.isSame(as: name) }) else { return nil }
            found = next
        }
        return found
    }

    /// The text of an element, which may be a secret.
    public borrowing func secret(_ element: Element) -> SecretBytes { text.copy(element.text) }

    /// The text of an element that holds no secret.
    public borrowing func string(_ element: Element) -> String {
        text.withUnsafeBytes { String(decoding: $0[element.text], as: UTF8.self) }
    }
}
