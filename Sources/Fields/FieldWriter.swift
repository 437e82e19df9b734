import Secrets

extension SecretBytes {
    /// Appends a field whose value is copied from `value`.
    ///
    /// - Throws: `.tooLong` above `Field.maximumLength`; then nothing has been appended.
    public mutating func appendField(_ tag: UInt8, _ value: UnsafeRawBufferPointer) throws(FieldsError) {
        try appendFieldHeader(tag, length: value.count)
        append(value)
    }

    /// Appends a field whose value is the content of another secret: a key, or the fields of a record.
    ///
    /// - Throws: `.tooLong`.
    public mutating func appendField(_ tag: UInt8, _ value: borrowing SecretBytes) throws(FieldsError) {
        try appendFieldHeader(tag, length: value.count)
        append(value)
    }

    /// Appends a field of text that is not secret, as UTF-8.
    ///
    /// - Throws: `.tooLong`.
    public mutating func appendField(_ tag: UInt8, _ text: String) throws(FieldsError) {
        try appendFieldHeader(tag, length: text.utf8.count)
        append(text)
    }

    /// Appends a field of eight bytes, big-endian.
    public mutating func appendField(_ tag: UInt8, _ number: UInt64) {
        append(tag)
        appendBigEndian(UInt32(8))
        appendBigEndian(number)
    }

    private mutating func appendFieldHeader(_ tag: UInt8, length: Int) throws(FieldsError) {
        guard length <= Field.maximumLength else { throw .tooLong(tag: tag) }
        append(tag)
        appendBigEndian(UInt32(length))
    }

    private mutating func appendBigEndian(_ number: UInt32) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append($0) }
    }

    private mutating func appendBigEndian(_ number: UInt64) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append($0) }
    }
}
