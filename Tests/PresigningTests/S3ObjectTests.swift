import Testing

@testable import Presigning

@Suite("Objects of S3")
struct S3ObjectTests {
    /// Keys that a decoder, a path or a comparison of characters would change.
    static let keys = [
        "a", "a b", "a+b", "a%b", "%41", "//", "/lead", "trail/", "..", "../x", "a/./b", "\u{1}\u{7f}", "?x#y=z",
        "s3://abc/k", "\u{e9}", "e\u{301}", "\u{301}x", "a/\u{301}b", "\r\n", "\u{212a}", "\u{feff}k",
    ]

    @Test("keep their keys byte by byte", arguments: keys)
    func key(key: String) throws {
        let object = try S3Object("s3://abc/" + key)
        #expect(Array(object.key.utf8) == Array(key.utf8))
        #expect(object.bucket == "abc")
    }

    @Test("are compared by bytes")
    func comparison() throws {
        #expect(try S3Object("s3://abc/\u{e9}") == S3Object("s3://abc/\u{e9}"))
        #expect(try S3Object("s3://abc/\u{e9}") != S3Object("s3://abc/e\u{301}"))
    }

    @Test("have keys of up to 1024 bytes")
    func length() throws {
        #expect(try S3Object("s3://abc/" + String(repeating: "\u{e9}", count: 512)).key.utf8.count == 1024)
        #expect(throws: PresigningError.longKey(bytes: 1025)) {
            _ = try S3Object("s3://abc/" + String(repeating: "\u{e9}", count: 512) + "x")
        }
    }

    static let refusals: [(String, PresigningError)] = [
        ("", .notAnObject("")), ("abc/k", .notAnObject("abc/k")), ("S3://abc/k", .notAnObject("S3://abc/k")),
        ("https://abc.s3.amazonaws.com/k", .notAnObject("https://abc.s3.amazonaws.com/k")),
        ("arn:aws:s3:::abc/k", .notAnObject("arn:aws:s3:::abc/k")),
        ("s3://", .noBucket), ("s3:///k", .noBucket), ("s3://abc", .noKey(bucket: "abc")),
        ("s3://abc/", .noKey(bucket: "abc")), ("s3://Abc/k", .capitals(bucket: "Abc")),
        ("s3://Abc", .capitals(bucket: "Abc")), ("s3://A_b/", .capitals(bucket: "A_b")),
        ("s3://ab/k", .badBucket("ab")), ("s3://AB/k", .badBucket("AB")),
        ("s3://a..b/k", .badBucket("a..b")), ("s3://-abc/k", .badBucket("-abc")), ("s3://abc-/k", .badBucket("abc-")),
        ("s3://.abc/k", .badBucket(".abc")), ("s3://192.168.1.1/k", .badBucket("192.168.1.1")),
        ("s3://a b/k", .badBucket("a b")), ("s3://ab\u{e9}/k", .badBucket("ab\u{e9}")),
        ("s3://user@abc/k", .badBucket("user@abc")), ("s3://abc:80/k", .badBucket("abc:80")),
        ("s3://ab/\u{301}c/k", .badBucket("ab")), ("s3://ab%63/k", .badBucket("ab%63")),
        ("s3://" + String(repeating: "x", count: 64) + "/k", .badBucket(String(repeating: "x", count: 64))),
        ("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/k", .accessPoint), ("s3://mine.mrap/k", .accessPoint),
        ("s3://abc--euw1-az1--x-s3/k", .directoryBucket("abc--euw1-az1--x-s3")),
        ("s3://abc--euw1-az1--xa-s3/k", .directoryBucket("abc--euw1-az1--xa-s3")),
    ]

    @Test("are told from what only looks like one", arguments: refusals)
    func refused(text: String, error: PresigningError) {
        #expect(throws: error) { _ = try S3Object(text) }
    }

    @Test(
        "are below a host of their own if the bucket's name can be one label",
        arguments: [
            ("abc", true), ("0-0", true), (String(repeating: "x", count: 63), true), ("mine-s3alias", true),
            ("a.b.c", false), ("1.2.3.4.5", false), ("my_photos", false),
        ])
    func label(bucket: String, isLabel: Bool) throws {
        #expect(try S3Object("s3://\(bucket)/k").isHostLabel == isLabel)
    }

    @Test(
        "may have names that a browser cannot ask for",
        arguments: [
            (".", true), ("..", true), ("a/../b", true), ("a/.", true), ("/./a", true), ("...", false), ("a..b", false),
            (".a/b.", false), ("a//b", false), ("%2e%2e", false),
        ])
    func dots(key: String, hasDots: Bool) throws { #expect(try S3Object("s3://abc/" + key).hasDotSegment == hasDots) }
}
