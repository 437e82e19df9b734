extension SecretBytes {
    /// A part of the bytes that is known to be no secret, as text.
    package borrowing func text(_ range: Range<Int>) -> String {
        withUnsafeBytes { String(decoding: UnsafeRawBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }
}
