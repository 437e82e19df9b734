import JSON
import Secrets
import Testing

@Suite("A JSON object")
struct JSONObjectTests {
    private func text(_ json: String, _ key: String) throws -> String? {
        let object = try JSONObject(secret(json))
        return try object.text(key)
    }

    @Test(
        "gives strings, unescaped, as text and as secrets",
        arguments: [
            (#"{"a":"b"}"#, "b"), (" \t\r\n{ \"a\" : \"b\" } \n", "b"), (#"{"a":""}"#, ""),
            (#"{"x":1,"a":"b","y":[{"a":"c"}]}"#, "b"), (#"{"a":"1","a":"2"}"#, "2"), (#"{"\u0061":"b"}"#, "b"),
            (#"{"a":"\"\\\/\b\f\n\r\t"}"#, "\"\\/\u{8}\u{c}\n\r\t"), (#"{"a":"é€😀\u007f"}"#, "é€😀\u{7f}"),
            (#"{"a":"\u0000x"}"#, "\0x"), (#"{"a":"\u00E9\u20ac\uD83D\uDE00"}"#, "é€😀"),
            (#"{"a":"\uD800\uDC00\uDBFF\uDFFF\uE000\uFFFF"}"#, "\u{10000}\u{10FFFF}\u{E000}\u{FFFF}"),
            (#"{"a":"\u007f\u0080\u07ff\u0800"}"#, "\u{7f}\u{80}\u{7ff}\u{800}"),
        ])
    func strings(json: String, expected: String) throws {
        let object = try JSONObject(secret(json))
        #expect(try object.text("a").map { Array($0.utf8) } == Array(expected.utf8))
        let bytes: [UInt8]?
        switch try object.secret("a") {
        case .some(let secret): bytes = (0..<secret.count).map { secret[$0] }
        case .none: bytes = nil
        }
        #expect(bytes == Array(expected.utf8))
    }

    @Test(
        "has no member that is absent or null", arguments: ["{}", #"{"a":null}"#, #"{"a":"b","a":null}"#, #"{"A":1}"#])
    func absent(json: String) throws {
        let object = try JSONObject(secret(json))
        #expect(try object.text("a") == nil)
        #expect(try object.integer("a") == nil)
        #expect(try object.boolean("a") == nil)
        #expect(try object.texts("a") == nil)
        let nested = try object.object("a")
        #expect((nested == nil) == true)
        let string = try object.secret("a")
        #expect((string == nil) == true)
    }

    @Test(
        "gives whole numbers of 64 bits",
        arguments: [
            ("0", 0), ("-0", 0), ("1700000000000", 1_700_000_000_000), ("-1", -1), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", Int64.min),
        ])
    func integers(json: String, expected: Int64) throws {
        let object = try JSONObject(secret("{\"a\":\(json)}"))
        #expect(try object.integer("a") == expected)
    }

    @Test(
        "does not make whole numbers of others",
        arguments: [
            "1.0", "1e3", "0.5", "-1E+2", "9223372036854775808", "1" + String(repeating: "0", count: 50), "\"1\"",
        ])
    func noIntegers(json: String) throws {
        let object = try JSONObject(secret("{\"a\":\(json)}"))
        #expect(throws: JSONError.wrongType(key: "a")) { _ = try object.integer("a") }
    }

    @Test("gives objects, and strings and objects in arrays")
    func nested() throws {
        let json = #"{"a":{"b":{"c":"\"}"}, "d":true},"e":["1","\u0032"],"f":[],"g":[{"h":1} , {"h":2}],"i":false}"#
        let object = try JSONObject(secret(json))
        #expect(object.keys == ["a", "e", "f", "g", "i"])
        #expect(try object.object("a")?.object("b")?.text("c") == "\"}")
        #expect(try object.object("a")?.boolean("d") == true)
        #expect(try object.boolean("i") == false)
        #expect(try object.texts("e") == ["1", "2"])
        #expect(try object.texts("f") == [])
        var numbers: [Int64?] = []
        try object.forEachObject("g") { element throws(JSONError) in numbers.append(try element.integer("h")) }
        try object.forEachObject("none") { _ in numbers.append(nil) }
        #expect(numbers == [1, 2])
    }

    @Test("does not take one type for another")
    func types() throws {
        let object = try JSONObject(secret(#"{"s":"1","n":1,"t":true,"o":{},"a":["1",{}]}"#))
        for key in ["n", "t", "o", "a"] {
            #expect(throws: JSONError.wrongType(key: key)) { _ = try object.text(key) }
            #expect(throws: JSONError.wrongType(key: key)) { _ = try object.secret(key) }
        }
        for key in ["s", "t", "o", "a"] {
            #expect(throws: JSONError.wrongType(key: key)) { _ = try object.integer(key) }
        }
        for key in ["s", "n", "o", "a"] {
            #expect(throws: JSONError.wrongType(key: key)) { _ = try object.boolean(key) }
        }
        for key in ["s", "n", "t", "a"] {
            #expect(throws: JSONError.wrongType(key: key)) { _ = try object.object(key) }
        }
        for key in ["s", "n", "t", "o", "a"] {
            #expect(throws: JSONError.wrongType(key: key)) { _ = try object.texts(key) }
            #expect(throws: JSONError.wrongType(key: key)) { try object.forEachObject(key) { _ in } }
        }
    }
}

@Suite("What is no JSON object")
struct RefusalTests {
    static let refusals: [(String, JSONError)] = [
        ("", .empty), (" \r\n\t", .empty),
        ("[]", .notAnObject), ("\"a\"", .notAnObject), ("1", .notAnObject), ("null", .notAnObject),
        ("\u{FEFF}{}", .malformed(offset: 0)), ("{", .malformed(offset: 1)), ("}", .malformed(offset: 0)),
        ("{} {}", .malformed(offset: 3)), ("{}\0", .malformed(offset: 2)), ("{\0}", .malformed(offset: 1)),
        ("{}]", .malformed(offset: 2)), ("[]x", .malformed(offset: 2)),
        (#"{"a":1,}"#, .malformed(offset: 7)), (#"{,}"#, .malformed(offset: 1)), (#"{"a"}"#, .malformed(offset: 4)),
        (#"{"a":}"#, .malformed(offset: 5)), (#"{a:1}"#, .malformed(offset: 1)), (#"{'a':1}"#, .malformed(offset: 1)),
        (#"{"a":1 "b":2}"#, .malformed(offset: 7)), (#"{"a":[1,]}"#, .malformed(offset: 8)),
        (#"{"a":[1}"#, .malformed(offset: 7)), (#"{"a":"b}"#, .malformed(offset: 8)),
        (#"{"a":"\"#, .malformed(offset: 7)),
        ("{\"a\":\"\n\"}", .malformed(offset: 6)), ("{\"a\":\"\0\"}", .malformed(offset: 6)),
        (#"{"a":"\x"}"#, .malformed(offset: 7)), (#"{"a":"\u12"}"#, .malformed(offset: 10)),
        (#"{"a":"\u12G4"}"#, .malformed(offset: 10)), (#"{"a":"\u+123"}"#, .malformed(offset: 8)),
        (#"{"a":01}"#, .malformed(offset: 6)), (#"{"a":+1}"#, .malformed(offset: 5)),
        (#"{"a":.5}"#, .malformed(offset: 5)),
        (#"{"a":1.}"#, .malformed(offset: 7)), (#"{"a":1e}"#, .malformed(offset: 7)),
        (#"{"a":-}"#, .malformed(offset: 6)),
        (#"{"a":0x1}"#, .malformed(offset: 6)), (#"{"a":NaN}"#, .malformed(offset: 5)),
        (#"{"a":Infinity}"#, .malformed(offset: 5)), (#"{"a":tru}"#, .malformed(offset: 8)),
        (#"{"a":True}"#, .malformed(offset: 5)), (#"{"a":nul"#, .malformed(offset: 8)),
        ("{/**/}", .malformed(offset: 1)), ("{\u{A0}}", .malformed(offset: 1)), ("<html>", .malformed(offset: 0)),
        (#"{"a":"\uD800"}"#, .loneSurrogate(offset: 12)), (#"{"a":"\uDC00\uD800"}"#, .loneSurrogate(offset: 12)),
        (#"{"a":"\uD800\n"}"#, .loneSurrogate(offset: 12)), (#"{"a":"\uD800\uD800"}"#, .loneSurrogate(offset: 18)),
        (#"{"\uDFFF":1}"#, .loneSurrogate(offset: 8)), (#"{"a":"\uD800\"#, .loneSurrogate(offset: 12)),
        (nested(65), .tooDeep(offset: 64 * 5)), (nested(100_000 / 5), .tooDeep(offset: 64 * 5)),
        ("{\"a\":" + String(repeating: "[", count: 200_000), .tooDeep(offset: 5 + 63)),
        ("{\"a\":\"" + String(repeating: "x", count: 256 * 1024) + "\"}", .tooLarge),
    ]

    private static func nested(_ depth: Int) -> String {
        String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
    }

    @Test("is refused", arguments: refusals)
    func refused(json: String, error: JSONError) {
        #expect(throws: error) { _ = try JSONObject(secret(json)) }
    }

    @Test(
        "is refused where it is not UTF-8",
        arguments: [
            [0x80], [0xC3], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        var json = secret("{\"a\":\"")
        for byte in bytes { json.append(byte) }
        json.append("\"}")
        #expect(throws: JSONError.notUTF8) { _ = try JSONObject(json) }
    }

    @Test("is read up to its bounds")
    func bounds() throws {
        var depth = 0
        var object = try JSONObject(secret(Self.nested(64)))
        while let inner = try? object.object("a") {
            object = inner
            depth += 1
        }
        #expect(depth == 63)
        #expect(try object.integer("a") == 1)
        let full = "{\"a\":\"" + String(repeating: "x", count: 256 * 1024 - 8) + "\"}"
        let large = try JSONObject(secret(full))
        #expect(try large.text("a")?.utf8.count == 256 * 1024 - 8)
    }

    @Test("is never half read: cut anywhere, it is refused")
    func cut() throws {
        let whole = #"{"a":["\ud83d\ude00é",-1.5e+3,true,null,{"b":{}}],"c":"\\"}"#
        _ = try JSONObject(secret(whole))
        for length in 0..<whole.utf8.count {
            let part = secret(whole).copy(0..<length)
            #expect(throws: JSONError.self) { _ = try JSONObject(part) }
        }
    }
}

private func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}
