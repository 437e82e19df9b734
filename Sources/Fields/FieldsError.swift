/// What can be wrong with a sequence of fields.
public enum FieldsError: Error, Equatable, Sendable {
    /// The bytes end inside a field.
    case truncated
    /// A field claims, or would need, more than `Field.maximumLength` bytes.
    case tooLong(tag: UInt8)
    /// A field that must be text is no UTF-8.
    case notUTF8(tag: UInt8)
    /// A field of a fixed width has another one.
    case wrongWidth(tag: UInt8)
    /// A field that must be there is not.
    case missing(tag: UInt8)
    /// A field that may be there once is there twice.
    case repeated(tag: UInt8)
}
