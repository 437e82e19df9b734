/// Why a sequence of fields is invalid.
public enum FieldsError: Error, Equatable, Sendable {
    /// The bytes end inside a field.
    case truncated
    /// A field claims, or would need, more than `Field.maximumLength` bytes.
    case tooLong(tag: UInt8)
    /// A text field is not UTF-8.
    case notUTF8(tag: UInt8)
    /// A fixed-width field has another width.
    case wrongWidth(tag: UInt8)
    /// A required field is missing.
    case missing(tag: UInt8)
    /// A field occurs twice.
    case repeated(tag: UInt8)
}
