import CFuzzer
import Glibc
import Secrets

/// Ends the run where a property does not hold; libFuzzer then keeps the input.
func require(_ holds: Bool, _ property: @autoclosure () -> String, file: StaticString = #fileID, line: Int = #line) {
    guard !holds else { return }
    fail("\(file):\(line): \(property())")
}

/// The value of what must not throw.
func required<Value: ~Copyable, Failure: Error>(
    _ property: String, file: StaticString = #fileID, line: Int = #line, _ body: () throws(Failure) -> Value
) -> Value {
    do throws(Failure) { return try body() } catch {
        fail("\(file):\(line): \(property), but: \(error)")
    }
}

private func fail(_ message: String) -> Never {
    let message = "warder: " + message + "\n"
    _ = write(STDERR_FILENO, message, message.utf8.count)
    abort()
}

extension SecretBytes {
    /// A copy of an input, to be read alone. It lies in pages of its own, so that AddressSanitizer would not notice a read
    /// past its end: it is told of the end. There is more than one page, because a single one would be kept for another
    /// secret, and AddressSanitizer would go by the old end.
    init(input bytes: UnsafeRawBufferPointer) {
        self.init(capacity: max(bytes.count, 4097))
        append(bytes)
        let rest = capacity - count
        withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { __asan_poison_memory_region(base + bytes.count, rest) }
        }
    }

    /// The bytes of a text.
    init(text: String) {
        self.init(capacity: text.utf8.count)
        append(text)
    }

    /// 32 bytes that are all the same.
    init(key byte: UInt8) {
        self.init(capacity: 32)
        for _ in 0..<32 { append(byte) }
    }

    /// A copy that can be compared.
    borrowing func array() -> [UInt8] { withUnsafeBytes { Array($0) } }
}

/// A copy of an optional secret that can be compared.
func array(_ secret: borrowing SecretBytes?) -> [UInt8]? {
    switch secret {
    case .some(let secret): secret.array()
    case .none: nil
    }
}
