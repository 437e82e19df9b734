extension SecretBytes {
    /// A range of the bytes that is known not to be secret, as text.
    package borrowing func text(_ range: Range<Int>) -> String {
        withUnsafeBytes { String(decoding: UnsafeRawBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }
}
