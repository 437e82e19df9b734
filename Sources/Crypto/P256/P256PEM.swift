import Secrets

// PEM and DER are read and written here and not by libcrypto: its decoders leave copies of the key in freed memory, and
// ask on the terminal for the password of an encrypted key.

extension P256Key {
    /// The most bytes of PEM text; a key has some 240.
    private static let textLimit = 16 * 1024

    /// Reads a key from PEM (RFC 7468): SEC1's `EC PRIVATE KEY` (RFC 5915) or PKCS #8's `PRIVATE KEY` (RFC 5208).
    ///
    /// A public key beside the private one is ignored, since it follows from it.
    ///
    /// - Throws: `.malformedKey` for any other text, such as an encrypted key or one of another curve.
    public init(pem text: borrowing SecretBytes) throws(CryptoError) {
        guard text.count <= Self.textLimit, let body = pemBody(text), let der = text.decodedBase64(body) else {
            throw .malformedKey
        }
        guard let scalar = der.withUnsafeBytes({ privateScalar($0) }) else { throw .malformedKey }
        try self.init(scalar: scalar)
    }

    /// The key as the AWS CLI writes it: PEM of SEC1's form, with the public key.
    public borrowing func pem() throws(CryptoError) -> SecretBytes {
        let (x, y) = try publicPoint
        var der = SecretBytes(capacity: 128)
        // SEQUENCE { INTEGER 1, OCTET STRING scalar, [0] { curve }, [1] { BIT STRING 4 x y } }
        append([0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20], to: &der)
        der.append(scalarCopy())
        append([0xA0, 0x0A, 0x06, 0x08] + curveName + [0xA1, 0x44, 0x03, 0x42, 0x00, 0x04] + x + y, to: &der)
        let base64 = der.withUnsafeBytes { SecretBytes(base64: $0) }
        var text = SecretBytes("-----BEGIN EC PRIVATE KEY-----\n")
        for start in stride(from: 0, to: base64.count, by: 64) {
            text.append(base64.copy(start..<min(start + 64, base64.count)))
            text.append("\n")
        }
        text.append("-----END EC PRIVATE KEY-----\n")
        return text
    }
}

private func append(_ bytes: [UInt8], to text: inout SecretBytes) {
    bytes.span.withUnsafeBytes { text.append($0) }
}

/// The object identifier of P-256, 1.2.840.10045.3.1.7 (RFC 5480 section 2.1.1.1).
private let curveName: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
/// That of keys on elliptic curves, 1.2.840.10045.2.1.
private let algorithmName: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]

/// The range between the lines that enclose the first private key.
private func pemBody(_ text: borrowing SecretBytes) -> Range<Int>? {
    for (begin, end) in [
        ("-----BEGIN EC PRIVATE KEY-----" as StaticString, "-----END EC PRIVATE KEY-----" as StaticString),
        ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"),
    ] {
        guard let start = line(begin, in: text, from: 0) else { continue }
        let body = start + begin.utf8CodeUnitCount
        guard let limit = line(end, in: text, from: body) else { return nil }
        return body..<limit
    }
    return nil
}

/// Where a line begins with `words`, from `start` on.
private func line(_ words: StaticString, in text: borrowing SecretBytes, from start: Int) -> Int? {
    var index = start
    while index + words.utf8CodeUnitCount <= text.count {
        if index == 0 || text[index - 1] == 10 || text[index - 1] == 13,
            (0..<words.utf8CodeUnitCount).allSatisfy({ text[index + $0] == words.utf8Start[$0] })
        {
            return index
        }
        index += 1
    }
    return nil
}

/// The private scalar in an `ECPrivateKey`, or in a `PrivateKeyInfo` around it; nil if it is neither, or of another
/// curve.
private func privateScalar(_ der: UnsafeRawBufferPointer) -> SecretBytes? {
    var whole = DERReader(der)
    guard let content = whole.value(.sequence), whole.isAtEnd else { return nil }
    var reader = DERReader(content)
    guard let version = reader.value(.integer), version.count == 1 else { return nil }
    guard reader.next == .sequence else { return scalar(ofSEC1: &reader, isCurveKnown: false) }
    guard version[0] <= 1, let algorithm = reader.value(.sequence), isP256(algorithm),
        let octets = reader.value(.octetString)
    else { return nil }
    var inner = DERReader(octets)
    guard let content = inner.value(.sequence), inner.isAtEnd else { return nil }
    var sec1 = DERReader(content)
    guard let version = sec1.value(.integer), version.elementsEqual([1]) else { return nil }
    return scalar(ofSEC1: &sec1, isCurveKnown: true)
}

/// Reads what follows the version in an `ECPrivateKey`.
private func scalar(ofSEC1 reader: inout DERReader, isCurveKnown: Bool) -> SecretBytes? {
    guard let octets = reader.value(.octetString), octets.count <= P256Key.size else { return nil }
    if reader.next == .parameters {
        guard let parameters = reader.value(.parameters) else { return nil }
        var curve = DERReader(parameters)
        guard let name = curve.value(.objectIdentifier), name.elementsEqual(curveName) else { return nil }
    } else if !isCurveKnown {
        return nil
    }
    var scalar = SecretBytes(zeros: P256Key.size - octets.count)
    scalar.append(octets)
    return scalar
}

/// Whether an `AlgorithmIdentifier` is that of keys on P-256.
private func isP256(_ algorithm: UnsafeRawBufferPointer) -> Bool {
    var reader = DERReader(algorithm)
    return reader.value(.objectIdentifier)?.elementsEqual(algorithmName) == true
        && reader.value(.objectIdentifier)?.elementsEqual(curveName) == true && reader.isAtEnd
}

/// Walks over the elements of DER (X.690). What it returns is valid only where its bytes are.
private struct DERReader {
    enum Tag: UInt8 {
        case integer = 0x02
        case octetString = 0x04
        case objectIdentifier = 0x06
        case sequence = 0x30
        /// `[0]` of `ECPrivateKey`.
        case parameters = 0xA0
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// The tag of the next element; nil at the end, and for one that is not needed.
    var next: Tag? { isAtEnd ? nil : Tag(rawValue: bytes[position]) }

    /// The content of the next element; nil if that has another tag, or does not end within the bytes.
    mutating func value(_ tag: Tag) -> UnsafeRawBufferPointer? {
        guard next == tag, position + 1 < bytes.count else { return nil }
        var length = Int(bytes[position + 1])
        var start = position + 2
        if length >= 0x80 {
            let width = length - 0x80
            guard (1...2).contains(width), start + width <= bytes.count else { return nil }
            length = bytes[start..<start + width].reduce(0) { $0 << 8 | Int($1) }
            start += width
        }
        guard length <= bytes.count - start else { return nil }
        position = start + length
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }
}
