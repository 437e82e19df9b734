import Secrets
import Text

/// An XML document as AWS services write it: elements that contain either elements or text. Text beside elements, which
/// is only white space there, is dropped, and so are attributes, comments and processing instructions.
///
/// It may contain session tokens and keys, so all its text is in one `SecretBytes`.
public struct Document: ~Copyable, Sendable {
    /// The deepest nesting of elements.
    public static let depthLimit = 32
    /// The most elements in a document.
    public static let elementLimit = 2000
    /// The largest document, in bytes.
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

    /// In the order of their start tags, so the root is the first.
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

    /// The first element on the path of names, one for each level, from below `start` or the root.
    public borrowing func element(_ path: String..., under start: Element? = nil) -> Element? {
        var found = start ?? root
        for name in path {
            guard let next = children(of: found).first(where: { $0.name.isSame(as: name) }) else { return nil }
            found = next
        }
        return found
    }

    /// The text of an element, which may be secret.
    public borrowing func secret(_ element: Element) -> SecretBytes { text.copy(element.text) }

    /// The text of an element that is not secret.
    public borrowing func string(_ element: Element) -> String {
        text.withUnsafeBytes { String(decoding: $0[element.text], as: UTF8.self) }
    }
}
