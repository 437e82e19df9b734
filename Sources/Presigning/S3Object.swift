import Text

/// An object of S3, as `s3://BUCKET/KEY` names it. The key is every byte after the slash: nothing in it is decoded or
/// normalized.
package struct S3Object: Equatable, Sendable {
    /// The name of the bucket.
    package let bucket: String
    /// The object's key, 1 to 1024 bytes.
    package let key: String

    /// The longest key, in bytes (Amazon S3 User Guide, "Naming Amazon S3 objects").
    private static let longestKey = 1024

    /// Parses `s3://BUCKET/KEY`.
    package init(_ text: String) throws(PresigningError) {
        guard let rest = text.removingPrefix("s3://") else { throw .notAnObject(text) }
        let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/"))
        let bucket = String(Substring(rest.utf8[..<(slash ?? rest.utf8.endIndex)]))
        let key = slash.map { String(Substring(rest.utf8[rest.utf8.index(after: $0)...])) } ?? ""
        try Self.check(bucket)
        guard !key.isEmpty else { throw .noKey(bucket: bucket) }
        guard key.utf8.count <= Self.longestKey else { throw .longKey(bytes: key.utf8.count) }
        (self.bucket, self.key) = (bucket, key)
    }

    /// Whether both have the same bytes.
    package static func == (left: S3Object, right: S3Object) -> Bool {
        left.bucket.isSame(as: right.bucket) && left.key.isSame(as: right.key)
    }

    /// Whether a segment of the path is `.` or `..`. Browsers, and curl without `--path-as-is`, resolve it, encoded or
    /// not (URL Standard, "path state"), and ask for another object.
    package var hasDotSegment: Bool {
        key.utf8.split(separator: UInt8(ascii: "/")).contains {
            $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8)
        }
    }

    /// Whether the bucket can be one label below S3's host name. A name with a dot cannot: S3's certificate covers one
    /// label.
    var isHostLabel: Bool { bucket.utf8.allSatisfy { isLowercaseOrDigit($0) || $0 == UInt8(ascii: "-") } }

    /// Names of 3 to 63 characters (Amazon S3 User Guide, "General purpose bucket naming rules"), and `_`, which was
    /// allowed until 2018.
    private static func check(_ bucket: String) throws(PresigningError) {
        guard !bucket.isEmpty else { throw .noBucket }
        if bucket.begins(with: "arn:") || bucket.ends(with: ".mrap") { throw .accessPoint }
        if ["--x-s3", "--xa-s3"].contains(where: { bucket.ends(with: $0) }) { throw .directoryBucket(bucket) }
        let lowercase = bucket.lowercased()
        guard isName(lowercase) else { throw .badBucket(bucket) }
        guard bucket.isSame(as: lowercase) else { throw .capitals(bucket: bucket) }
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (3...63).contains(bytes.count), isLowercaseOrDigit(bytes[0]), isLowercaseOrDigit(bytes[bytes.count - 1]),
            bytes.allSatisfy({ isLowercaseOrDigit($0) || "-._".utf8.contains($0) })
        else { return false }
        return !name.includes("..") && !isIPv4Address(name)
    }
}

private func isLowercaseOrDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...122).contains(byte) }

private func isIPv4Address(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { $0.count <= 3 && $0.allSatisfy { (48...57).contains($0) } }
}
